package certificate

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/url"
	"testing"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/credentialtest"
)

// FuzzCertificate: whatever stands in a certificate's place, nothing panics, what cannot be read is presented and refused, and a username
// is one that an account may have.
func FuzzCertificate(f *testing.F) {
	w := credentialtest.NewWorld()
	a := newAuthenticator(f, w, byURI[0], Rule{From: CommonName, Pattern: "(.*)"}, Rule{From: DNS, Pattern: "(.*)"}, Rule{From: Email, Pattern: "(.*)"})
	seeds := []string{"", "%", "-----BEGIN%20CERTIFICATE-----%0A-----END%20CERTIFICATE-----%0A", url.PathEscape("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")}
	for _, uri := range []string{users + "alice", users + "a/b", "x://y"} {
		seeds = append(seeds, certificate(f, w.Now(), named(uri)))
	}
	seeds = append(seeds, certificate(f, w.Now(), called("alice", "bob")), certificate(f, w.Now(), called("root\n")))
	for _, seed := range seeds {
		f.Add(seed, false)
		if plain, err := url.PathUnescape(seed); err == nil {
			f.Add(string(decoded([]byte(plain))), true)
		}
	}
	f.Fuzz(func(t *testing.T, text string, der bool) {
		if der {
			text = Encode(&x509.Certificate{Raw: []byte(text)})
		}
		r := authz.Request{Certificate: text}
		p, err := a.Authenticate(t.Context(), r)
		c, unreadable := a.reader.Read(text)
		if text != "" && (errors.Is(unreadable, credential.ErrMalformed) && !a.Presents(r) || (unreadable == nil) != (c != nil)) {
			t.Fatalf("%q is passed over", text)
		}
		if (err == nil) != p.Known() {
			t.Fatalf("%q: %+v %v", text, p, err)
		}
		if unreadable == nil {
			if name, matched, err := a.username(c); matched && err == nil && credential.CheckUsername(name) != nil {
				t.Fatalf("%q names %q", text, name)
			}
		}
	})
}

func decoded(text []byte) []byte {
	if block, _ := pem.Decode(text); block != nil {
		return block.Bytes
	}
	return nil
}
