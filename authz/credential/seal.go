package credential

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// seal names a credential without holding it: what a heap dump shows of a remembered password is an HMAC under a random key.
type seal [sha256.Size]byte

// sealer makes seals. Its key is random and dies with the process.
type sealer struct{ pool sync.Pool }

// sealing is one HMAC with room to work in, reused so that the path of every request does not allocate.
type sealing struct {
	mac hash.Hash
	in  []byte
	out []byte
}

func newSealer() *sealer {
	key := randomBytes(sha256.Size)
	return &sealer{pool: sync.Pool{New: func() any { return &sealing{mac: hmac.New(sha256.New, key)} }}}
}

// seal is one-to-one with the token, which is one-to-one with (username, password); see basic.token.
func (s *sealer) seal(token string) seal {
	w := s.pool.Get().(*sealing)
	defer s.pool.Put(w)
	w.in = append(w.in[:0], token...)
	w.mac.Reset()
	w.mac.Write(w.in)
	w.out = w.mac.Sum(w.out[:0])
	clear(w.in)
	return seal(w.out)
}

// Seal is what Sealer makes.
type Seal = seal

// Sealer makes seals for kinds of credentials outside this package.
type Sealer struct{ inner *sealer }

// NewSealer makes one with a key of its own.
func NewSealer() *Sealer { return &Sealer{newSealer()} }

// Seal is an HMAC of the secret, for remembering by.
func (s *Sealer) Seal(secret string) Seal { return s.inner.seal(secret) }
