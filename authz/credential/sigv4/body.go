package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"

	"extauthz/authz"
)

// emptyHash is the SHA-256 of nothing.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// declared refuses a body that is not signed ("UNSIGNED-PAYLOAD"), one that is signed in chunks ("STREAMING-…"), and a body of a GET.
func declared(payload, method string) error {
	var hash [sha256.Size]byte
	switch {
	case !decodeHash(&hash, payload):
		return malformed("x-amz-content-sha256 is not the hash of a whole body")
	case !writes(method) && payload != emptyHash:
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
	var want [sha256.Size]byte
	got := sha256.Sum256(r.Body)
	if !decodeHash(&want, s.payload) || subtle.ConstantTimeCompare(got[:], want[:]) == 0 {
		return wrong("the body is not the one that was signed")
	}
	return nil
}

// announced reports whether the headers say that there is a body.
func announced(h authz.Headers) bool {
	length, _ := h.One("content-length")
	return h.Has("transfer-encoding") || h.Has("content-length") && length != "0"
}
