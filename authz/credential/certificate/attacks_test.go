package certificate

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/credentialtest"
)

// TestNamesThatAreTakenForOthers: every attack has a twin that is let in.
func TestNamesThatAreTakenForOthers(t *testing.T) {
	byName := Rule{From: CommonName, Pattern: `([^/]+)`}
	issued := byName
	issued.Issuer = "CN=Users"
	other := byName
	other.Issuer = "CN=Others"
	for _, c := range []struct {
		name   string
		rules  []Rule
		change func(*x509.Certificate)
		want   string // "" for nobody
		class  error
	}{
		{"a common name", []Rule{byName}, called("alice"), "alice", nil},
		{"a line break in it", []Rule{byName}, called("alice\nroot"), "", credential.ErrMalformed},
		{"a NUL in it", []Rule{byName}, called("root\x00.example.com"), "", credential.ErrMalformed},
		{"a look-alike", []Rule{byName}, called("аlice"), "", credential.ErrMalformed},
		{"two of them", []Rule{byName}, called("alice", "root"), "", credential.ErrSeveral},
		{"the same twice", []Rule{byName}, called("alice", "alice"), "alice", nil},
		{"in another part of the subject", []Rule{byName}, func(c *x509.Certificate) {
			c.Subject = pkix.Name{CommonName: "alice", Organization: []string{"root"}, SerialNumber: "CN=root"}
		}, "alice", nil},
		{"an e-mail address", []Rule{{From: Email, Pattern: `(.+)@example\.com`}}, func(c *x509.Certificate) { c.EmailAddresses = []string{"alice@example.com"} }, "alice", nil},
		{"a longer domain", []Rule{{From: Email, Pattern: `(.+)@example\.com`}}, func(c *x509.Certificate) { c.EmailAddresses = []string{"root@example.com.evil.org"} }, "", credential.ErrAbsent},
		{"an address in an address", []Rule{{From: Email, Pattern: `(.+)@example\.com`}}, func(c *x509.Certificate) { c.EmailAddresses = []string{"root@evil.org@example.com"} }, "", credential.ErrWrong},
		{"a host", []Rule{{From: DNS, Map: map[string]string{"ci.example.com": "alice"}}}, func(c *x509.Certificate) { c.DNSNames = []string{"ci.example.com"} }, "alice", nil},
		{"any host", []Rule{{From: DNS, Map: map[string]string{"ci.example.com": "alice"}}}, func(c *x509.Certificate) { c.DNSNames = []string{"*.example.com"} }, "", credential.ErrAbsent},
		{"a URI where a host is wanted", []Rule{{From: DNS, Pattern: `(.+)`}}, named("alice"), "", credential.ErrAbsent},
		{"the right issuer", []Rule{issued}, called("alice"), "alice", nil},
		{"another issuer", []Rule{other}, called("alice"), "", credential.ErrAbsent},
		{"the first rule that matches", []Rule{byURI[0], byName}, both(named(users+"alice"), called("root")), "alice", nil},
		{"the second, when the first does not", []Rule{byURI[0], byName}, both(named("https://example.com/"), called("alice")), "alice", nil},
		{"the first one's refusal is final", []Rule{byURI[0], byName}, both(named(users+"a/b"), called("alice")), "", credential.ErrMalformed},
		{"a name before the pattern", []Rule{byURI[0]}, named("https://evil.org/?spiffe://example.com/user/alice"), "", credential.ErrAbsent},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := credentialtest.NewWorld()
			a, r := newAuthenticator(t, w, c.rules...), certified(t, w, c.change)
			p, err := a.Authenticate(t.Context(), r)
			if p.Username != c.want || (err == nil) != (c.want != "") || c.class != nil && !errors.Is(err, c.class) {
				t.Errorf("%+v %v", p, err)
			}
			if presents := a.Presents(r); presents == errors.Is(err, credential.ErrAbsent) {
				t.Errorf("presents %v", presents)
			}
		})
	}
}

func both(changes ...func(*x509.Certificate)) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		for _, change := range changes {
			change(c)
		}
	}
}

// TestConnectionOutlivesItsCertificate: Envoy looks at the validity once, in the handshake, and keeps connections open for hours.
func TestConnectionOutlivesItsCertificate(t *testing.T) {
	w := credentialtest.NewWorld()
	a, r := newAuthenticator(t, w), certified(t, w, named(users+"alice"))
	if p, err := a.Authenticate(t.Context(), r); err != nil || p.Username != "alice" || p.Method != authz.ByCertificate {
		t.Fatal(p, err)
	}
	w.Advance(time.Hour + time.Second)
	if p, err := a.Authenticate(t.Context(), r); !errors.Is(err, credential.ErrExpired) {
		t.Errorf("%+v %v", p, err)
	}
	if !a.Presents(r) {
		t.Error("an expired certificate is passed over")
	}
}

// TestHeaderThatClaimsACertificate: only the connection has one.
func TestHeaderThatClaimsACertificate(t *testing.T) {
	w := credentialtest.NewWorld()
	a, right := newAuthenticator(t, w), certified(t, w, named(users+"root"))
	for _, header := range []string{"x-forwarded-client-cert", "x-client-cert", "x-ssl-client-cert", "ssl-client-cert", "client-cert"} {
		for _, value := range []string{right.Certificate, `By=x;Cert="` + right.Certificate + `";URI=` + users + "root"} {
			r := authz.Request{Method: "GET", Target: "/", Headers: authz.Headers{header: {value}}}
			if p, err := a.Authenticate(t.Context(), r); err == nil || a.Presents(r) {
				t.Errorf("%s: %+v", header, p)
			}
		}
	}
}

func TestRulesThatNameNobody(t *testing.T) {
	for _, c := range []struct {
		name string
		rule Rule
		ok   bool
	}{
		{"a pattern", Rule{From: URI, Pattern: "^spiffe://a/(.+)$"}, true},
		{"a map", Rule{From: CommonName, Map: map[string]string{"a": "b"}}, true},
		{"a group that does not count", Rule{From: URI, Pattern: "(?:a|b)/(.+)"}, true},
		{"nowhere", Rule{Pattern: "(.+)"}, false},
		{"elsewhere", Rule{From: "subject", Pattern: "(.+)"}, false},
		{"neither", Rule{From: URI}, false},
		{"both", Rule{From: URI, Pattern: "(.+)", Map: map[string]string{"a": "b"}}, false},
		{"no group", Rule{From: URI, Pattern: ".+"}, false},
		{"two groups", Rule{From: URI, Pattern: "(.)(.)"}, false},
		{"no expression", Rule{From: URI, Pattern: "("}, false},
		{"closes what is around it", Rule{From: URI, Pattern: "a)|(?:(.*)"}, false},
		{"an empty name", Rule{From: URI, Map: map[string]string{"a": ""}}, false},
		{"an empty text", Rule{From: URI, Map: map[string]string{"": "a"}}, false},
	} {
		if _, err := c.rule.compile(); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := New(Config{}); err == nil {
		t.Error("no rules at all")
	}
}

// TestBoundedMemory: a flood of certificates is forgotten, not kept.
func TestBoundedMemory(t *testing.T) {
	w := credentialtest.NewWorld()
	reader, err := NewReader(1)
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if _, err := reader.Read(certified(t, w, named(users+"alice")).Certificate); err != nil {
			t.Fatal(err)
		}
	}
	reader.seen.CleanUp()
	if n := reader.seen.EstimatedSize(); n > 1 {
		t.Errorf("%d certificates are remembered", n)
	}
}
