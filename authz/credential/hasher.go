package credential

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
)

const (
	saltSize   = 16
	digestSize = 32
	// waitersPerSlot makes the default queue about three seconds long.
	waitersPerSlot = 32
)

// Hasher makes and verifies password hashes, a bounded number at a time. The zero Hasher is not usable.
type Hasher struct {
	gate   *gate
	cost   Argon2id
	derive func(k kdf, password string, salt []byte, length int) ([]byte, error)
}

// HasherConfig has a default for every zero field.
type HasherConfig struct {
	Cost  Argon2id // of new hashes; DefaultArgon2id
	Slots int      // how many hash at a time; GOMAXPROCS
	Queue int      // how many more may wait before callers are turned away; 32 for each slot, negative for none
}

// NewHasher fails when the cost is one that Verify would not accept back.
func NewHasher(c HasherConfig) (*Hasher, error) {
	if c.Cost == (Argon2id{}) {
		c.Cost = DefaultArgon2id()
	}
	if c.Slots <= 0 {
		c.Slots = runtime.GOMAXPROCS(0)
	}
	if c.Queue == 0 {
		c.Queue = c.Slots * waitersPerSlot
	}
	if err := c.Cost.check(); err != nil {
		return nil, err
	}
	return &Hasher{gate: newGate(c.Slots, c.Queue), cost: c.Cost, derive: kdf.derive}, nil
}

// Hash makes a PHC string of argon2id with a fresh salt. It does not judge the password; see CheckPassword.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := randomBytes(saltSize)
	digest, err := h.key(ctx, h.cost, password, salt, digestSize)
	if err != nil {
		return "", err
	}
	return h.cost.phc(salt, digest), nil
}

// Verify reports whether password fits encoded. A stored hash that cannot be read is ErrMalformedHash; when too many are hashing
// already, the error is an authz.Refusal with Throttled.
func (h *Hasher) Verify(ctx context.Context, encoded, password string) (bool, error) {
	s, err := parseStored(encoded)
	if err != nil {
		return false, err
	}
	key, err := h.key(ctx, s.kdf, password, s.salt, len(s.digest))
	if err != nil {
		return false, err
	}
	return s.matches(key), nil
}

// NeedsRehash reports whether encoded is anything but a hash that Hash would make today.
func (h *Hasher) NeedsRehash(encoded string) bool {
	s, err := parseStored(encoded)
	return err != nil || s.kdf != kdf(h.cost) || len(s.salt) != saltSize || len(s.digest) != digestSize
}

func (h *Hasher) key(ctx context.Context, k kdf, password string, salt []byte, length int) ([]byte, error) {
	if len(password) > maxPassword {
		return nil, fmt.Errorf("a password of %d bytes is not hashed", len(password))
	}
	leave, err := h.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return h.derive(k, password, salt, length)
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: it stops the process instead
	return b
}
