package credential

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/scrypt"
)

// maxMemory is the most that one verification may take, whatever a stored hash asks for.
const maxMemory = 256 << 20

// kdf is a password hash function with its cost: comparable, so that "made with today's cost" is ==.
type kdf interface {
	check() error // refuses a cost that would stall or exhaust this process
	derive(password string, salt []byte, length int) ([]byte, error)
}

// Argon2id is the cost of the hashes that we make. The zero value is refused.
type Argon2id struct {
	MemoryKiB uint32
	Time      uint32
	Threads   uint8
}

// DefaultArgon2id is OWASP's recommendation: 19 MiB, two passes, one lane.
func DefaultArgon2id() Argon2id { return Argon2id{MemoryKiB: 19456, Time: 2, Threads: 1} }

func (a Argon2id) check() error {
	if a.Threads < 1 || a.Threads > 16 || a.Time < 1 || a.Time > 16 ||
		a.MemoryKiB < 8*uint32(a.Threads) || a.MemoryKiB > maxMemory>>10 || a.MemoryKiB*a.Time > 1<<20 { // 27 times our default work
		return fmt.Errorf("argon2id cost m=%d,t=%d,p=%d is out of bounds", a.MemoryKiB, a.Time, a.Threads)
	}
	return nil
}

func (a Argon2id) derive(password string, salt []byte, length int) ([]byte, error) {
	return argon2.IDKey([]byte(password), salt, a.Time, a.MemoryKiB, a.Threads, uint32(length)), nil
}

// scryptCost is werkzeug's default since 2.3.
type scryptCost struct{ n, r, p int }

func (s scryptCost) check() error {
	if s.n < 2 || s.n&(s.n-1) != 0 || s.n > 1<<20 || s.r < 1 || s.r > 64 || s.p < 1 || s.p > 16 ||
		128*s.n*s.r > maxMemory || s.n*s.r*s.p > 1<<22 { // 16 times werkzeug's default work
		return fmt.Errorf("scrypt cost %d:%d:%d is out of bounds", s.n, s.r, s.p)
	}
	return nil
}

func (s scryptCost) derive(password string, salt []byte, length int) ([]byte, error) {
	return scrypt.Key([]byte(password), salt, s.n, s.r, s.p, length)
}

// pbkdf2Cost is werkzeug's default before 2.3.
type pbkdf2Cost struct {
	hash       string
	iterations int
}

func (c pbkdf2Cost) check() error {
	if c.size() == 0 || c.iterations < 1 || c.iterations > 10_000_000 {
		return fmt.Errorf("pbkdf2 cost %s:%d is out of bounds", c.hash, c.iterations)
	}
	return nil
}

// size is the length of the digest, which is also how long a key werkzeug asks for.
func (c pbkdf2Cost) size() int {
	return map[string]int{"sha1": sha1.Size, "sha256": sha256.Size, "sha512": sha512.Size}[c.hash]
}

func (c pbkdf2Cost) derive(password string, salt []byte, length int) ([]byte, error) {
	switch c.hash {
	case "sha1":
		return pbkdf2.Key(sha1.New, password, salt, c.iterations, length)
	case "sha256":
		return pbkdf2.Key(sha256.New, password, salt, c.iterations, length)
	case "sha512":
		return pbkdf2.Key(sha512.New, password, salt, c.iterations, length)
	default:
		return nil, fmt.Errorf("pbkdf2 with unknown hash %q", c.hash)
	}
}
