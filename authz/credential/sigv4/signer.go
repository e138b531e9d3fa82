package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"hash"
	"sync"
)

// signer signs with one access key for one day, region and service. It dies with the day: a client signs with the key of today.
type signer struct {
	sealed  []byte // what it was derived from; of another secret, or one that is sealed anew, it is not the signer
	session string
	macs    sync.Pool // of hash.Hash, keyed, so that a signature does not key one again
}

// signer opens the secret and derives the signing key. It costs a few µs, which is why signers are remembered.
func (s *Sealer) signer(id string, sealed []byte, of signature) (*signer, error) {
	key, err := s.open(id, sealed)
	if err != nil {
		return nil, err
	}
	derived := []byte("AWS4" + key.Secret)
	for _, part := range [...]string{of.day, of.region, of.service, terminator} {
		mac := hmac.New(sha256.New, derived)
		mac.Write([]byte(part))
		derived = mac.Sum(nil)
	}
	return &signer{
		sealed: append([]byte(nil), sealed...), session: key.SessionToken,
		macs: sync.Pool{New: func() any { return hmac.New(sha256.New, derived) }},
	}, nil
}

// signed reports whether sum is the signature of the draft's text.
func (s *signer) signed(d *draft, sum [sha256.Size]byte) bool {
	mac := s.macs.Get().(hash.Hash)
	defer s.macs.Put(mac)
	mac.Reset()
	mac.Write(d.text)
	d.sum = mac.Sum(d.sum[:0])
	return subtle.ConstantTimeCompare(d.sum, sum[:]) == 1
}
