package app

import (
	"encoding/base64"
	"log/slog"
	"net/http"
	"testing"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc/codes"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/certificate"
	"extauthz/authz/credential/identity"
	"extauthz/authz/credential/jwt"
	"extauthz/authz/credential/sigv4"
	"extauthz/authz/credential/sigv4/sigv4test"
	"extauthz/store"
)

// BenchmarkCredential is all of Check but gRPC, in a whole App, for one kind of credential each, seen before. The read asks for nothing that
// MLflow would have to be asked for.
func BenchmarkCredential(b *testing.B) {
	a, checks := credentialsStage(b)
	for range *rounds {
		for _, c := range checks {
			b.Run(c.name, func(b *testing.B) {
				loop(b, func(int) bool {
					r, err := a.current.Check(b.Context(), c.check)
					return err == nil && r.GetStatus().GetCode() == int32(codes.OK)
				})
			})
		}
	}
}

type credentialCheck struct {
	name  string
	check *auth.CheckRequest
}

// credentialsStage has an App that takes every kind of credential, and a request with one of each kind, all of them alice's.
func credentialsStage(b *testing.B) (*App, []credentialCheck) {
	b.Helper()
	issuer, c := newSigning(b), testConfig(b)
	c.AccessKeySecrets = "a secret of at least thirty-two bytes"
	c.Issuers = []jwt.Issuer{issuer.Issuer}
	c.Carriers = []credential.Carrier{{Header: "X-Api-Key"}}
	c.Certificates = []certificate.Rule{{From: certificate.URI, Pattern: `spiffe://example\.com/user/(.+)`}}
	c.IdentityHeaders = []identity.Header{{Name: "X-User", From: []identity.Peer{{Network: "127.0.0.0/8"}}}}
	a, err := New(b.Context(), c, slog.New(slog.DiscardHandler))
	must(b, err)
	b.Cleanup(func() { must(b, a.Close()) })
	token, key := accountOf(b, a, "alice")
	basic := func(password string) *auth.CheckRequest {
		return reading("authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("alice:"+password)))
	}
	certified := reading("accept", "*/*")
	certified.Attributes.Source.Certificate = shown(b, "spiffe://example.com/user/alice")
	return a, []credentialCheck{
		{"basic", basic(longPassword)},
		{"token", reading("authorization", "Bearer "+token)},
		{"token_as_password", basic(token)},
		{"header", reading("x-api-key", token)},
		{"jwt", reading("authorization", "Bearer "+issuer.token("alice"))},
		{"sigv4", signedReading(key)},
		{"certificate", certified},
		{"identity_header", reading("x-user", "alice")},
	}
}

// accountOf makes a user with a password, a token and an access key.
func accountOf(b *testing.B, a *App, username string) (token string, key sigv4.AccessKey) {
	b.Helper()
	hash, err := a.parts.who.passwords.Hash(b.Context(), longPassword)
	must(b, err)
	u, err := a.store.CreateUser(b.Context(), store.User{Username: username, PasswordHash: hash})
	must(b, err)
	token, digest := credential.NewToken()
	_, err = a.store.CreateCredential(b.Context(), store.Credential{UserID: u.ID, Kind: store.Token, Name: "t", Key: digest[:]})
	must(b, err)
	key = sigv4.NewKey()
	_, err = a.store.CreateCredential(b.Context(), store.Credential{
		UserID: u.ID, Kind: store.AccessKey, Name: "k", Key: []byte(key.ID), Sealed: a.parts.who.signatures.sealer.Seal(key),
	})
	must(b, err)
	return token, key
}

func signedReading(key sigv4.AccessKey) *auth.CheckRequest {
	r := authz.Request{Method: http.MethodGet, Target: experimentPath, Host: "localhost", Headers: authz.Headers{}}
	sigv4test.Sign(r, key.ID, key.Secret, sigv4test.At(time.Now()))
	check := reading("accept", "*/*")
	for name, values := range r.Headers {
		h := check.Attributes.Request.Http.HeaderMap
		h.Headers = append(h.Headers, &core.HeaderValue{Key: name, RawValue: []byte(values[0])})
	}
	return check
}
