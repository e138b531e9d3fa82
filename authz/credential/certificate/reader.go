package certificate

import "github.com/maypok86/otter/v2"

// Reader parses certificates, each once: a client sends hundreds of requests with the same one. It remembers what a certificate says, which
// never changes, and not whose it is. Make it with NewReader.
type Reader struct {
	seen *otter.Cache[string, *Certificate]
}

// NewReader remembers that many certificates by their text, which is no secret: only its key is.
func NewReader(remember int) (*Reader, error) {
	seen, err := otter.New(&otter.Options[string, *Certificate]{MaximumSize: remember})
	return &Reader{seen}, err
}

// Read reads the text of authz.Request.Certificate. The error is of the class credential.ErrMalformed, and is not remembered.
func (r *Reader) Read(text string) (*Certificate, error) {
	if c, ok := r.seen.GetIfPresent(text); ok {
		return c, nil
	}
	c, err := parse(text)
	if err == nil {
		r.seen.Set(text, c)
	}
	return c, err
}
