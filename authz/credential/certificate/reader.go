package certificate

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"

	"github.com/maypok86/otter/v2"
)

// Reader parses certificates, each once: a client sends hundreds of requests with the same one. It remembers what a certificate says, which
// never changes, and not whose it is. Make it with NewReader.
type Reader struct {
	key  []byte
	seen *otter.Cache[[sha256.Size]byte, *Certificate]
}

// NewReader remembers that many certificates, under an HMAC whose key dies with the process.
func NewReader(remember int) (*Reader, error) {
	seen, err := otter.New(&otter.Options[[sha256.Size]byte, *Certificate]{MaximumSize: remember})
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails: it stops the process instead
	return &Reader{key, seen}, err
}

// Read reads the text of authz.Request.Certificate. The error is of the class credential.ErrMalformed, and is not remembered.
func (r *Reader) Read(text string) (*Certificate, error) {
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte(text))
	digest := [sha256.Size]byte(mac.Sum(nil))
	if c, ok := r.seen.GetIfPresent(digest); ok {
		return c, nil
	}
	c, err := parse(text)
	if err == nil {
		r.seen.Set(digest, c)
	}
	return c, err
}
