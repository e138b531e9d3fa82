package identity

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/certificate"
	"extauthz/authz/credential/credentialtest"
	"extauthz/internal/pki"
)

const (
	name  = "x-forwarded-user"
	proxy = "spiffe://example.com/proxy"
)

var inside, outside = netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("192.0.2.1")

func newAuthenticator(t testing.TB, w *credentialtest.World, from ...Peer) *Authenticator {
	t.Helper()
	reader, err := certificate.NewReader(100)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(Config{Accounts: w, Reader: reader, Now: w.Now, Headers: []Header{
		{Name: "X-Forwarded-User", From: from},
		{Name: "X-Remote-User", From: from},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func from(peer netip.Addr, lines ...string) authz.Request {
	return authz.Request{ID: "r-1", Method: "GET", Target: "/", Peer: peer, Source: peer, Headers: authz.Headers{name: lines}}
}

func TestIdentityHeadersKeepTheContract(t *testing.T) {
	always := func(r authz.Request) credentialtest.Sender {
		return func(testing.TB, *credentialtest.World) authz.Request { return r }
	}
	two := from(inside, "alice")
	two.Headers["x-remote-user"] = []string{"alice"}
	credentialtest.Run(t, credentialtest.Subject{
		ByName: true,
		New: func(t testing.TB, w *credentialtest.World) authz.Authenticator {
			return newAuthenticator(t, w, Peer{Network: "10.0.0.0/8"})
		},
		Credential: func(_ testing.TB, _ *credentialtest.World, username string) authz.Request {
			return from(inside, username)
		},
		Vectors: []credentialtest.Vector{
			credentialtest.Refuse("an unknown user", always(from(inside, "nobody-here")), credential.ErrWrong),
			credentialtest.Refuse("another spelling of the name", always(from(inside, "Alice")), credential.ErrWrong),
			credentialtest.Refuse("repeated", always(from(inside, "alice", "alice")), credential.ErrSeveral),
			credentialtest.Refuse("a comma", always(from(inside, "alice,root")), credential.ErrMalformed),
			credentialtest.Refuse("empty", always(from(inside, "")), credential.ErrMalformed),
			credentialtest.Refuse("a space", always(from(inside, " alice")), credential.ErrMalformed),
			credentialtest.Refuse("a NUL", always(from(inside, "alice\x00")), credential.ErrMalformed),
			credentialtest.Refuse("two identity headers", always(two), credential.ErrSeveral),
			credentialtest.Refuse("from elsewhere", always(from(outside, "alice")), credential.ErrAbsent),
			credentialtest.Refuse("from nowhere", always(from(netip.Addr{}, "alice")), credential.ErrAbsent),
		},
	})
}

// shown is the certificate of a client in Envoy's writing.
func shown(t *testing.T, now time.Time, uri string) string {
	t.Helper()
	a, err := pki.NewAuthority("proxies", now)
	if err != nil {
		t.Fatal(err)
	}
	template, err := pki.Client(uri)
	if err != nil {
		t.Fatal(err)
	}
	template.DNSNames = []string{"proxy.example.com"}
	template.NotBefore, template.NotAfter = now.Add(-time.Hour), now.Add(time.Hour)
	pair, err := a.Issue(template)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pair.TLS()
	if err != nil {
		t.Fatal(err)
	}
	return certificate.Encode(c.Leaf)
}

// TestOnlyTrustedPeersAreBelieved: everybody else's header is as if it were not there.
func TestOnlyTrustedPeersAreBelieved(t *testing.T) {
	w := credentialtest.NewWorld()
	right, wrong := shown(t, w.Now(), proxy), shown(t, w.Now(), proxy+"/x")
	expired := shown(t, w.Now().Add(-3*time.Hour), proxy)
	byName, byAddress, byBoth := Peer{Certificate: proxy}, Peer{Network: "10.0.0.0/8"}, Peer{Network: "10.0.0.0/8", Certificate: proxy}
	for _, c := range []struct {
		name        string
		trusted     []Peer
		peer        netip.Addr
		certificate string
		believed    bool
	}{
		{"by its address", []Peer{byAddress}, inside, "", true},
		{"by its address, whatever its certificate", []Peer{byAddress}, inside, wrong, true},
		{"an address mapped to IPv6", []Peer{{Network: "10.1.2.3"}}, inside, "", true},
		{"next to it", []Peer{{Network: "10.1.2.4"}}, inside, "", false},
		{"by its certificate", []Peer{byName}, outside, right, true},
		{"by its DNS name", []Peer{{Certificate: "proxy.example.com"}}, outside, right, true},
		{"by another's certificate", []Peer{byName}, outside, wrong, false},
		{"by an expired certificate", []Peer{byName}, outside, expired, false},
		{"by something that is no certificate", []Peer{byName}, outside, proxy, false},
		{"by none", []Peer{byName}, outside, "", false},
		{"by both", []Peer{byBoth}, inside, right, true},
		{"by the certificate alone", []Peer{byBoth}, outside, right, false},
		{"by the address alone", []Peer{byBoth}, inside, "", false},
		{"by either", []Peer{byName, byAddress}, inside, "", true},
		{"by everybody's address with its certificate", []Peer{{Network: "0.0.0.0/0", Certificate: proxy}}, outside, right, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, r := newAuthenticator(t, w, c.trusted...), from(c.peer, "root")
			r.Certificate = c.certificate
			p, err := a.Authenticate(t.Context(), r)
			if (err == nil) != c.believed || a.Presents(r) != c.believed || err != nil && !errors.Is(err, credential.ErrAbsent) {
				t.Errorf("%+v %v, presents %v", p, err, a.Presents(r))
			}
			if c.believed && (p.Username != "root" || p.Method != authz.ByIdentityHeader) {
				t.Errorf("%+v", p)
			}
		})
	}
}

// TestForwardedAddressIsNotThePeer: X-Forwarded-For of somebody who is trusted with that alone makes nobody a trusted peer.
func TestForwardedAddressIsNotThePeer(t *testing.T) {
	w := credentialtest.NewWorld()
	a, r := newAuthenticator(t, w, Peer{Network: "10.0.0.0/8"}), from(outside, "root")
	r.Source = inside
	if p, err := a.Authenticate(t.Context(), r); err == nil || a.Presents(r) {
		t.Errorf("%+v", p)
	}
}

func TestHeadersThatAnybodyCouldSend(t *testing.T) {
	somewhere := []Peer{{Network: "10.0.0.0/8"}}
	for _, c := range []struct {
		name   string
		header Header
		ok     bool
	}{
		{"a network", Header{"X-Forwarded-User", somewhere}, true},
		{"an IPv6 network", Header{"X-User", []Peer{{Network: "fd00::/8"}}}, true},
		{"nobody", Header{"X-User", nil}, false},
		{"anybody", Header{"X-User", []Peer{{}}}, false},
		{"everybody", Header{"X-User", []Peer{{Network: "0.0.0.0/0"}}}, false},
		{"everybody by IPv6", Header{"X-User", []Peer{{Network: "::/0"}}}, false},
		{"everybody behind somebody", Header{"X-User", []Peer{{Network: "10.0.0.0/8"}, {Network: "::/0"}}}, false},
		{"bits beyond the mask", Header{"X-User", []Peer{{Network: "10.1.2.3/8"}}}, false},
		{"a host", Header{"X-User", []Peer{{Network: "proxy"}}}, false},
		{"no name", Header{"", somewhere}, false},
		{"an underscore, which WSGI reads as a hyphen", Header{"X_User", somewhere}, false},
		{"a credential", Header{"Authorization", somewhere}, false},
		{"an address", Header{"X-Forwarded-For", somewhere}, false},
		{"what the check says", Header{"X-Extauthz-Principal", somewhere}, false},
		{"what Envoy says", Header{"X-Envoy-User", somewhere}, false},
	} {
		if _, err := c.header.compile(); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// FuzzIdentity: whatever stands in the header, nobody is signed in but who is named byte for byte.
func FuzzIdentity(f *testing.F) {
	w := credentialtest.NewWorld()
	a := newAuthenticator(f, w, Peer{Network: "10.0.0.0/8"})
	for _, seed := range []string{"alice", "alice,root", "", "root\r\n", "аlice"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, value, other string) {
		r := from(inside, value)
		if other != "" {
			r.Headers["x-remote-user"] = []string{other}
		}
		p, err := a.Authenticate(t.Context(), r)
		if (err == nil) != p.Known() || p.Known() && (p.Username != value || other != "") || !a.Presents(r) {
			t.Fatalf("%q %q: %+v %v", value, other, p, err)
		}
	})
}
