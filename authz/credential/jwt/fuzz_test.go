package jwt

import (
	"context"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// FuzzParse: what is read is one signed token without a second reading, and no text panics.
func FuzzParse(f *testing.F) {
	s := setStage(f)
	f.Add(s.token("alice"))
	for _, a := range attacks() {
		f.Add(a.token(s))
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := parse(text)
		if err != nil {
			return
		}
		if parsed.compact != text || !shaped(text) || len(text) > maxToken || strings.ContainsAny(text, "\r\n=") {
			t.Fatalf("accepted %q", text)
		}
		if h := parsed.header; !strings.Contains("RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA", string(h.algorithm)) || len(h.keyID) > maxKeyID {
			t.Fatalf("accepted the header %+v", h)
		}
	})
}

// FuzzAuthenticate: nobody gets in whose token is not the one that the issuer has signed.
func FuzzAuthenticate(f *testing.F) {
	s := setStage(f)
	right := s.token("alice")
	f.Add(right)
	for _, a := range attacks() {
		f.Add(a.token(s))
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := s.Authenticate(t.Context(), bearing(text))
		if p.Known() != (err == nil) || p.Known() && strings.TrimLeft(text, " ") != right {
			t.Fatalf("%q is %+v, %v", text, p, err)
		}
	})
}

// FuzzReadKeys: a key set of anybody's choice does not panic.
func FuzzReadKeys(f *testing.F) {
	f.Add([]byte(keySet(allKeys()...)))
	f.Fuzz(func(t *testing.T, document []byte) {
		found, err := readKeys(document)
		if err != nil {
			return
		}
		for _, key := range found.list {
			if !key.IsPublic() || key.Use == "enc" {
				t.Fatalf("%+v", key)
			}
		}
	})
}

// nobodies are accounts without an id: a store that is broken.
type nobodies struct{ *people }

func (nobodies) Account(context.Context, string) (credential.Account, error) {
	return credential.Account{Principal: authz.Principal{Username: "alice"}}, nil
}
