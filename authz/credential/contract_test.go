package credential_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/credentialtest"
)

const password = "correct horse battery"

func basicAuth(username, password string) authz.Request {
	return asking("Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password)))
}

func asking(authorization string) authz.Request {
	return authz.Request{ID: "r-1", Method: "GET", Target: "/", Headers: authz.Headers{"authorization": {authorization}}}
}

func bearer(w *credentialtest.World) *credential.Bearer {
	return &credential.Bearer{Tokens: w, Now: w.Now, Used: func(authz.Principal) {}}
}

func passwords(t testing.TB, w *credentialtest.World) *credential.Basic {
	t.Helper()
	h, err := credential.NewHasher(credential.HasherConfig{Cost: credential.Argon2id{MemoryKiB: 64, Time: 1, Threads: 1}, Queue: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"root", "alice", "mallory"} {
		hash, err := h.Hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		w.SetPasswordHash(name, hash)
	}
	b, err := credential.NewBasic(credential.Config{Accounts: w, Hasher: h, Now: w.Now, Tokens: bearer(w)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPasswordsKeepTheContract(t *testing.T) {
	right := "Basic " + base64.StdEncoding.EncodeToString([]byte("alice:"+password))
	always := func(r authz.Request) credentialtest.Sender {
		return func(testing.TB, *credentialtest.World) authz.Request { return r }
	}
	credentialtest.Run(t, credentialtest.Subject{
		ByName: true,
		New:    func(t testing.TB, w *credentialtest.World) authz.Authenticator { return passwords(t, w) },
		Credential: func(_ testing.TB, _ *credentialtest.World, username string) authz.Request {
			return basicAuth(username, password)
		},
		Vectors: []credentialtest.Vector{
			credentialtest.Refuse("a wrong password", always(basicAuth("alice", password+"!")), credential.ErrWrong),
			credentialtest.Refuse("an unknown user", always(basicAuth("nobody-here", password)), credential.ErrWrong),
			credentialtest.Refuse("another spelling of the name", always(basicAuth("Alice", password)), credential.ErrWrong),
			credentialtest.Refuse("no password", always(basicAuth("alice", "")), credential.ErrMalformed),
			credentialtest.Refuse("no name", always(basicAuth("", password)), credential.ErrMalformed),
			credentialtest.Refuse("no colon", always(asking("Basic "+base64.StdEncoding.EncodeToString([]byte("alice")))), credential.ErrMalformed),
			credentialtest.Refuse("not base64", always(asking("Basic alice:"+password)), credential.ErrMalformed),
			credentialtest.Refuse("cut short", always(asking(right[:len(right)-1])), credential.ErrMalformed),
			credentialtest.Refuse("a line break", always(asking(right[:10]+"\n"+right[10:])), credential.ErrMalformed),
			credentialtest.Refuse("another scheme", always(asking("Bearer "+right[6:])), credential.ErrMalformed),
			credentialtest.Refuse("an old password", func(t testing.TB, w *credentialtest.World) authz.Request {
				return basicAuth("alice", strings.ToUpper(password))
			}, credential.ErrWrong),
		},
	})
}

func TestTokensKeepTheContract(t *testing.T) {
	issued := func(change ...func(*credential.Issued)) credentialtest.Sender {
		return func(_ testing.TB, w *credentialtest.World) authz.Request {
			return asking("Bearer " + w.IssueToken("alice", change...))
		}
	}
	changed := func(change func(token string) string) credentialtest.Sender {
		return func(_ testing.TB, w *credentialtest.World) authz.Request {
			return asking("Bearer " + change(w.IssueToken("alice")))
		}
	}
	credentialtest.Run(t, credentialtest.Subject{
		New: func(_ testing.TB, w *credentialtest.World) authz.Authenticator { return bearer(w) },
		Credential: func(_ testing.TB, w *credentialtest.World, username string) authz.Request {
			return asking("Bearer " + w.IssueToken(username))
		},
		Vectors: append(tokenVectors(changed), credentialtest.Vector{
			Name: "expired this second", Class: credential.ErrExpired,
			Request: func(t testing.TB, w *credentialtest.World) authz.Request {
				return issued(func(i *credential.Issued) { i.ExpiresAt = w.Now() })(t, w)
			},
		}),
	})
}

// A token is as good as the password of its user, and of nobody else.
func TestTokensAsPasswordsKeepTheContract(t *testing.T) {
	changed := func(change func(token string) string) credentialtest.Sender {
		return func(_ testing.TB, w *credentialtest.World) authz.Request {
			return basicAuth("alice", change(w.IssueToken("alice")))
		}
	}
	vectors := []credentialtest.Vector{
		credentialtest.Refuse("another's name with it", func(_ testing.TB, w *credentialtest.World) authz.Request {
			return basicAuth("root", w.IssueToken("alice"))
		}, credential.ErrWrong),
		credentialtest.Refuse("expired", func(_ testing.TB, w *credentialtest.World) authz.Request {
			return basicAuth("alice", w.IssueToken("alice", func(i *credential.Issued) { i.ExpiresAt = w.Now().Add(-time.Hour) }))
		}, credential.ErrExpired),
		credentialtest.Refuse("one that was never issued", func(testing.TB, *credentialtest.World) authz.Request {
			token, _ := credential.NewToken()
			return basicAuth("alice", token)
		}, credential.ErrWrong),
		credentialtest.Refuse("mistyped, so a wrong password", changed(func(token string) string { return token[:len(token)-1] }), credential.ErrWrong),
	}
	credentialtest.Run(t, credentialtest.Subject{
		ByName: true, Vectors: vectors,
		New: func(t testing.TB, w *credentialtest.World) authz.Authenticator { return passwords(t, w) },
		Credential: func(_ testing.TB, w *credentialtest.World, username string) authz.Request {
			return basicAuth(username, w.IssueToken(username))
		},
	})
}

func tokenVectors(changed func(func(string) string) credentialtest.Sender) []credentialtest.Vector {
	never, _ := credential.NewToken()
	flip := func(at int) func(string) string {
		return func(token string) string {
			b := []byte(token)
			at := (at + len(b)) % len(b)
			if b[at]++; b[at] == ':' || b[at] == '[' || b[at] == '{' {
				b[at] -= 2
			}
			return string(b)
		}
	}
	return []credentialtest.Vector{
		credentialtest.Refuse("one that was never issued", changed(func(string) string { return never }), credential.ErrWrong),
		credentialtest.Refuse("revoked", func(t testing.TB, w *credentialtest.World) authz.Request {
			r := changed(func(token string) string { return token })(t, w)
			w.RevokeTokens()
			return r
		}, credential.ErrWrong),
		credentialtest.Refuse("a mistyped character", changed(flip(20)), credential.ErrMalformed),
		credentialtest.Refuse("a mistyped checksum", changed(flip(-1)), credential.ErrMalformed),
		credentialtest.Refuse("cut short", changed(func(token string) string { return token[:len(token)-1] }), credential.ErrMalformed),
		credentialtest.Refuse("too long", changed(func(token string) string { return token + "0" }), credential.ErrMalformed),
		credentialtest.Refuse("another prefix", changed(func(token string) string { return "ghp_" + token[5:] + "0" }), credential.ErrMalformed),
		credentialtest.Refuse("a space inside", changed(func(token string) string { return token[:9] + " " + token[9:] }), credential.ErrMalformed),
		credentialtest.Refuse("empty", changed(func(string) string { return "" }), credential.ErrMalformed),
	}
}

// An assertion holds for one request and a minute.
func TestAssertionsKeepTheContract(t *testing.T) {
	assertions := func(t testing.TB, w *credentialtest.World, secret string) *credential.Assertions {
		a, err := credential.NewAssertions([]byte(secret), w, w.Now)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	asserted := func(t testing.TB, w *credentialtest.World, username, secret string) authz.Request {
		r := authz.Request{ID: "r-1", Method: "PATCH", Target: "/", Headers: authz.Headers{}}
		value, err := assertions(t, w, secret).Assert(authz.Principal{UserID: w.ID(username), Username: username, Method: authz.BySignature}, r)
		if err != nil {
			t.Fatal(err)
		}
		r.Headers[credential.PrincipalHeader] = []string{value}
		return r
	}
	other := func(change func(w *credentialtest.World, r *authz.Request)) credentialtest.Sender {
		return func(t testing.TB, w *credentialtest.World) authz.Request {
			r := asserted(t, w, "alice", "the secret")
			change(w, &r)
			return r
		}
	}
	credentialtest.Run(t, credentialtest.Subject{
		New: func(t testing.TB, w *credentialtest.World) authz.Authenticator { return assertions(t, w, "the secret") },
		Credential: func(t testing.TB, w *credentialtest.World, username string) authz.Request {
			return asserted(t, w, username, "the secret")
		},
		Vectors: []credentialtest.Vector{
			credentialtest.Refuse("for another request", other(func(_ *credentialtest.World, r *authz.Request) { r.ID = "r-2" }), credential.ErrReplayed),
			credentialtest.Refuse("for another method", other(func(_ *credentialtest.World, r *authz.Request) { r.Method = "DELETE" }), credential.ErrReplayed),
			credentialtest.Refuse("old", other(func(w *credentialtest.World, _ *authz.Request) { w.Advance(2 * time.Minute) }), credential.ErrExpired),
			credentialtest.Refuse("of the future", other(func(w *credentialtest.World, _ *authz.Request) { w.Advance(-2 * time.Minute) }), credential.ErrExpired),
			credentialtest.Refuse("under another secret", func(t testing.TB, w *credentialtest.World) authz.Request { return asserted(t, w, "alice", "another") }, credential.ErrWrong),
			credentialtest.Refuse("written by a client", other(func(_ *credentialtest.World, r *authz.Request) {
				r.Headers[credential.PrincipalHeader] = []string{"eyJVc2VySUQiOjF9"}
			}), credential.ErrMalformed),
			credentialtest.Refuse("two of them", other(func(_ *credentialtest.World, r *authz.Request) {
				r.Headers[credential.PrincipalHeader] = append(r.Headers[credential.PrincipalHeader], r.Headers[credential.PrincipalHeader]...)
			}), credential.ErrMalformed),
		},
	})
}
