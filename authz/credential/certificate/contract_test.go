package certificate

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/credentialtest"
)

const users = "spiffe://example.com/user/"

func TestCertificatesKeepTheContract(t *testing.T) {
	with := func(change func(*x509.Certificate)) credentialtest.Sender {
		return func(t testing.TB, w *credentialtest.World) authz.Request { return certified(t, w, change) }
	}
	text := func(change func(string) string) credentialtest.Sender {
		return func(t testing.TB, w *credentialtest.World) authz.Request {
			r := certified(t, w, named(users+"alice"))
			r.Certificate = change(r.Certificate)
			return r
		}
	}
	later := func(d time.Duration) credentialtest.Sender {
		return func(t testing.TB, w *credentialtest.World) authz.Request {
			r := certified(t, w, func(c *x509.Certificate) {
				named(users + "alice")(c)
				c.NotBefore, c.NotAfter = c.NotBefore.Add(-d), c.NotAfter.Add(-d)
			})
			return r
		}
	}
	credentialtest.Run(t, credentialtest.Subject{
		ByName: true,
		New:    func(t testing.TB, w *credentialtest.World) authz.Authenticator { return newAuthenticator(t, w) },
		Credential: func(t testing.TB, w *credentialtest.World, username string) authz.Request {
			return certified(t, w, named(users+username))
		},
		Vectors: []credentialtest.Vector{
			credentialtest.Refuse("an unknown user", with(named(users+"nobody-here")), credential.ErrWrong),
			credentialtest.Refuse("another spelling of the name", with(named(users+"Alice")), credential.ErrWrong),
			credentialtest.Refuse("two users", with(named(users+"alice", users+"root")), credential.ErrSeveral),
			credentialtest.Refuse("expired", later(2*time.Hour), credential.ErrExpired),
			credentialtest.Refuse("not yet valid", later(-2*time.Hour), credential.ErrExpired),
			credentialtest.Refuse("a path for a name", with(named(users+"alice/../root")), credential.ErrMalformed),
			credentialtest.Refuse("an encoded name", with(named(users+"%61lice")), credential.ErrMalformed),
			credentialtest.Refuse("a query behind the name", with(named(users+"alice?x")), credential.ErrMalformed),
			credentialtest.Refuse("nobody", with(named("spiffe://example.com/service/alice")), credential.ErrAbsent),
			credentialtest.Refuse("no names at all", with(func(*x509.Certificate) {}), credential.ErrAbsent),
			credentialtest.Refuse("cut short", text(func(s string) string { return s[:len(s)/2] }), credential.ErrMalformed),
			credentialtest.Refuse("two certificates", text(func(s string) string { return s + s }), credential.ErrMalformed),
			credentialtest.Refuse("a key", text(func(s string) string { return strings.ReplaceAll(s, "CERTIFICATE", "PRIVATE%20KEY") }), credential.ErrMalformed),
			credentialtest.Refuse("no PEM", text(func(string) string { return "alice" }), credential.ErrMalformed),
			credentialtest.Refuse("too long", text(func(s string) string { return s + strings.Repeat("%0A", longest) }), credential.ErrMalformed),
		},
	})
}
