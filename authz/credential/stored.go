package credential

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// ErrMalformedHash says that a stored password hash is in no format we know, or asks for an absurd amount of work.
var ErrMalformedHash = errors.New("malformed password hash")

// stored is a password hash as the database holds it, taken apart.
type stored struct {
	kdf    kdf
	salt   []byte
	digest []byte
}

// parseStored reads the two families of formats: PHC ("$argon2id$…", ours) and werkzeug ("scrypt:…$salt$hex", MLflow's). The error never
// quotes the hash.
func parseStored(encoded string) (stored, error) {
	parse := parseWerkzeug
	if strings.HasPrefix(encoded, "$") {
		parse = parsePHC
	}
	s, err := parse(encoded)
	if err == nil {
		err = s.kdf.check()
	}
	if err != nil {
		return stored{}, fmt.Errorf("%w: %w", ErrMalformedHash, err)
	}
	return s, nil
}

func parsePHC(encoded string) (stored, error) {
	f := strings.Split(encoded, "$")
	if len(f) != 6 || f[1] != "argon2id" || f[2] != phcVersion() {
		return stored{}, errors.New("not $argon2id$v=19$m=,t=,p=$salt$hash")
	}
	cost, err := parseArgon2id(f[3])
	if err != nil {
		return stored{}, err
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(f[4])
	digest, err2 := base64.RawStdEncoding.DecodeString(f[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(salt) > 64 || len(digest) < 16 || len(digest) > 64 {
		return stored{}, errors.New("argon2id salt or digest is not base64 of an acceptable length")
	}
	return stored{kdf: cost, salt: salt, digest: digest}, nil
}

func parseArgon2id(text string) (Argon2id, error) {
	f := strings.Split(text, ",")
	if len(f) != 3 {
		return Argon2id{}, errors.New("argon2id parameters are not m=,t=,p=")
	}
	m, err1 := parameter(f[0], "m=", 32)
	t, err2 := parameter(f[1], "t=", 32)
	p, err3 := parameter(f[2], "p=", 8)
	return Argon2id{MemoryKiB: uint32(m), Time: uint32(t), Threads: uint8(p)}, errors.Join(err1, err2, err3)
}

func parameter(text, prefix string, bits int) (uint64, error) {
	digits, ok := strings.CutPrefix(text, prefix)
	if !ok {
		return 0, fmt.Errorf("argon2id parameter %s is missing", prefix)
	}
	return strconv.ParseUint(digits, 10, bits)
}

// phc renders the hash as $argon2id$v=19$m=…,t=…,p=…$salt$digest.
func (a Argon2id) phc(salt, digest []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$%s$m=%d,t=%d,p=%d$%s$%s", phcVersion(), a.MemoryKiB, a.Time, a.Threads,
		b64.EncodeToString(salt), b64.EncodeToString(digest))
}

func phcVersion() string { return "v=" + strconv.Itoa(argon2.Version) }

// matches compares in constant time.
func (s stored) matches(key []byte) bool { return subtle.ConstantTimeCompare(key, s.digest) == 1 }
