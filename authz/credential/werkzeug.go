package credential

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
)

// parseWerkzeug reads "method$salt$hex", what werkzeug's generate_password_hash has written into MLflow's user table. Which method
// depends on the werkzeug of that day, so one table holds several. The salt is used as its characters, not decoded.
func parseWerkzeug(encoded string) (stored, error) {
	f := strings.SplitN(encoded, "$", 3)
	if len(f) != 3 || f[1] == "" {
		return stored{}, errors.New("not method$salt$hex")
	}
	digest, err := hex.DecodeString(f[2])
	if err != nil {
		return stored{}, errors.New("the digest is not hexadecimal")
	}
	cost, size, err := parseMethod(strings.Split(f[0], ":"))
	if err == nil && len(digest) != size {
		err = errors.New("the digest has the wrong length")
	}
	return stored{kdf: cost, salt: []byte(f[1]), digest: digest}, err
}

// parseMethod reads "scrypt:n:r:p" and "pbkdf2:hash:iterations". generate_password_hash always writes the parameters out; a hash that
// lacks them was made by hand, and means what werkzeug 3.1's check_password_hash takes it to mean.
func parseMethod(f []string) (kdf, int, error) {
	switch {
	case f[0] == "scrypt" && len(f) == 1:
		return scryptCost{n: 32768, r: 8, p: 1}, 64, nil
	case f[0] == "scrypt" && len(f) == 4:
		n, err1 := strconv.ParseUint(f[1], 10, 31)
		r, err2 := strconv.ParseUint(f[2], 10, 16)
		p, err3 := strconv.ParseUint(f[3], 10, 16)
		return scryptCost{n: int(n), r: int(r), p: int(p)}, 64, errors.Join(err1, err2, err3)
	case f[0] == "pbkdf2" && len(f) <= 3:
		return parsePBKDF2(f[1:])
	default:
		return nil, 0, errors.New("the method is none of argon2id, scrypt, pbkdf2")
	}
}

func parsePBKDF2(f []string) (kdf, int, error) {
	c := pbkdf2Cost{hash: "sha256", iterations: 1_000_000}
	if len(f) > 0 {
		c.hash = f[0]
	}
	if len(f) > 1 {
		n, err := strconv.ParseUint(f[1], 10, 31)
		if err != nil {
			return nil, 0, err
		}
		c.iterations = int(n)
	}
	return c, c.size(), nil
}
