package sigv4

import (
	"crypto/sha256"

	"extauthz/authz"
)

// emptyHash is the SHA-256 of nothing.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// declare reads the hash of the body. It refuses a body that is not signed ("UNSIGNED-PAYLOAD"), one that is signed in chunks ("STREAMING-…"),
// and a body of a GET.
func (s *signed) declare(method string) error {
	switch {
	case !decodeHash(&s.hash, s.payload):
		return malformed("x-amz-content-sha256 is not the hash of a whole body")
	case !writes(method) && s.payload != emptyHash:
		return malformed("a GET or HEAD with a body")
	default:
		return nil
	}
}

// body compares the body with its hash, which is signed. It is the costly part, so it comes after the signature.
func (a *Authenticator) body(s signed, r authz.Request) error {
	withheld := r.Proxy.WithholdsBody && writes(r.Method)
	switch {
	case withheld && a.config.UnverifiedBodies:
		return nil
	case withheld:
		return wrong("the proxy shows us no bodies on this route, so that none can be verified")
	case len(r.Body) == 0 && announced(r.Headers):
		return wrong("the body did not reach us")
	}
	if sha256.Sum256(r.Body) != s.hash {
		return wrong("the body is not the one that was signed")
	}
	return nil
}

// announced reports whether the headers say that there is a body.
func announced(h authz.Headers) bool {
	length, _ := h.One("content-length")
	return h.Has("transfer-encoding") || h.Has("content-length") && length != "0"
}
