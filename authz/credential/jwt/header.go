package jwt

import (
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// header is what the signed header says of its signature.
type header struct {
	algorithm jose.SignatureAlgorithm
	keyID     string // opaque; "" for none
	kind      string // typ, in lower case without "application/"
}

// maxKeyID bounds a name that anybody can choose.
const maxKeyID = 256

// refusedHeaders let a token bring its own key or say where to fetch one, change how it is read, or put another token inside. Nothing that
// they name is ever looked at.
var refusedHeaders = []string{"jku", "jwk", "x5u", "x5c", "crit", "b64", "enc", "zip", "cty"}

func readHeader(fields map[string]any) (header, error) {
	for _, name := range refusedHeaders {
		if _, ok := fields[name]; ok {
			return header{}, malformed("the header has %s", name)
		}
	}
	var texts [3]string
	for i, name := range []string{"alg", "kid", "typ"} {
		value, present := fields[name]
		text, ok := value.(string)
		if present && (!ok || text == "") {
			return header{}, malformed("%s is not text", name)
		}
		texts[i] = text
	}
	h := header{jose.SignatureAlgorithm(texts[0]), texts[1], typed(texts[2])}
	if !slices.Contains(algorithms, h.algorithm) {
		return header{}, wrong("the algorithm is none of those that are ever accepted")
	}
	if len(h.keyID) > maxKeyID {
		return header{}, malformed("the key id is longer than %d bytes", maxKeyID)
	}
	return h, nil
}

// typed compares media types as RFC 7515 says: without regard to case, and to "application/".
func typed(text string) string { return strings.TrimPrefix(strings.ToLower(text), "application/") }
