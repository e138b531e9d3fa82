package credential_test

import (
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/credentialtest"
)

// FuzzParseToken: what is taken for a token has its one form, and a token with any other byte is none.
func FuzzParseToken(f *testing.F) {
	token, digest := credential.NewToken()
	for _, seed := range []string{token, token[:len(token)-1], token + "0", strings.ToUpper(token), "mlfp_", "", strings.Repeat("0", len(token))} {
		f.Add(seed, 7, byte('x'))
	}
	f.Fuzz(func(t *testing.T, text string, at int, b byte) {
		if d, err := credential.ParseToken(text); err == nil && (len(text) != len(token) || !strings.HasPrefix(text, "mlfp_") || (d == digest) != (text == token)) {
			t.Fatalf("%q is taken for a token", text)
		}
		if at < 0 || at >= len(token) || token[at] == b {
			return
		}
		changed := []byte(token)
		changed[at] = b
		if _, err := credential.ParseToken(string(changed)); err == nil {
			t.Fatalf("%q is taken for a token", changed)
		}
	})
}

// FuzzAssertion: only what was sealed here, for this request, says who it is from.
func FuzzAssertion(f *testing.F) {
	w := credentialtest.NewWorld()
	a, err := credential.NewAssertions([]byte("the secret"), w, w.Now)
	if err != nil {
		f.Fatal(err)
	}
	r := authz.Request{ID: "r-1", Method: "GET", Target: "/"}
	right, err := a.Assert(authz.Principal{UserID: w.ID("alice"), Method: authz.ByPassword}, r)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{right, right[1:], right + "=", " " + right, "", "e30"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		r.Headers = authz.Headers{credential.PrincipalHeader: {value}}
		p, err := a.Authenticate(t.Context(), r)
		if (err == nil) != p.Known() || value == right && err != nil || p.Known() && p.Username != "alice" {
			t.Fatalf("%q: %+v %v", value, p, err)
		}
	})
}
