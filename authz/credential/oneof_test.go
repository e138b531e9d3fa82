package credential_test

import (
	"context"
	"errors"
	"testing"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/credentialtest"
)

// holder presents whoever the header "x-test-<name>" names, as a scheme of its own.
type holder struct {
	header string
	w      *credentialtest.World
}

func (h holder) Presents(r authz.Request) bool { return r.Headers.Has(h.header) }

func (h holder) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	name, _ := r.Headers.One(h.header)
	a, err := h.w.Account(ctx, name)
	if err != nil {
		return authz.Principal{}, credential.Unauthenticated(credential.ErrWrong)
	}
	return a.Principal, nil
}

func all(t testing.TB, w *credentialtest.World) *credential.OneOf {
	return &credential.OneOf{
		Authorization: []credential.Scheme{passwords(t, w), bearer(w)},
		Others:        []credential.Scheme{holder{"x-test-identity", w}},
		Carriers:      []credential.Carrier{{Header: "X-Api-Key"}, {Header: "Authorization", Scheme: "Token"}, {Header: "X-Auth", Scheme: "Key"}},
		Certificate:   holder{"x-test-certificate", w},
		Gateway:       []string{"/gateway/"},
	}
}

// TestOneCredential: whatever carries it, exactly one is accepted.
func TestOneCredential(t *testing.T) {
	w := credentialtest.NewWorld()
	a := all(t, w)
	token := w.IssueToken("alice")
	alice, root := "Bearer "+token, basicAuth("root", password).Headers["authorization"][0]
	for _, c := range []struct {
		name    string
		target  string
		headers authz.Headers
		want    string // the username, "" for nobody
		class   error
	}{
		{"none", "/", authz.Headers{}, "", credential.ErrAbsent},
		{"a password", "/", authz.Headers{"authorization": {root}}, "root", nil},
		{"a token", "/", authz.Headers{"authorization": {alice}}, "alice", nil},
		{"the scheme in another case", "/", authz.Headers{"authorization": {"bEaReR " + token}}, "alice", nil},
		{"an unknown scheme", "/", authz.Headers{"authorization": {"Digest x"}}, "", credential.ErrMalformed},
		{"a bearer token of somebody else's", "/", authz.Headers{"authorization": {"Bearer dapi0123456789"}}, "", credential.ErrMalformed},
		{"a carrier without a scheme", "/", authz.Headers{"x-api-key": {token}}, "alice", nil},
		{"a carrier with one", "/", authz.Headers{"x-auth": {"key " + token}}, "alice", nil},
		{"a carrier with another scheme", "/", authz.Headers{"x-auth": {"Bearer " + token}}, "", credential.ErrMalformed},
		{"a scheme of the operator's", "/", authz.Headers{"authorization": {"Token " + token}}, "alice", nil},
		{"a carrier that repeats", "/", authz.Headers{"x-api-key": {token, token}}, "", credential.ErrSeveral},
		{"an empty carrier", "/", authz.Headers{"x-api-key": {""}}, "", credential.ErrMalformed},
		{"a carrier and Authorization", "/", authz.Headers{"x-api-key": {token}, "authorization": {root}}, "", credential.ErrSeveral},
		{"a carrier and Authorization of the same user", "/", authz.Headers{"x-api-key": {token}, "authorization": {alice}}, "", credential.ErrSeveral},
		{"two carriers", "/", authz.Headers{"x-api-key": {token}, "x-auth": {"Key " + token}}, "", credential.ErrSeveral},
		{"an identity", "/", authz.Headers{"x-test-identity": {"alice"}}, "alice", nil},
		{"an identity and a password", "/", authz.Headers{"x-test-identity": {"alice"}, "authorization": {root}}, "", credential.ErrSeveral},
		{"an identity and an unknown scheme", "/", authz.Headers{"x-test-identity": {"alice"}, "authorization": {"Digest x"}}, "", credential.ErrMalformed},
		{"a certificate", "/", authz.Headers{"x-test-certificate": {"alice"}}, "alice", nil},
		{"a certificate of nobody", "/", authz.Headers{"x-test-certificate": {"eve"}}, "", credential.ErrWrong},
		{"a certificate and a token of the same user", "/", authz.Headers{"x-test-certificate": {"alice"}, "authorization": {alice}}, "alice", nil},
		{"a certificate of another user", "/", authz.Headers{"x-test-certificate": {"alice"}, "authorization": {root}}, "", credential.ErrSeveral},
		{"a certificate and a wrong password", "/", authz.Headers{"x-test-certificate": {"alice"}, "authorization": {"Basic YWxpY2U6eA=="}}, "", credential.ErrWrong},
		{"the gateway's header on a gateway route", "/gateway/a/mlflow/invocations", authz.Headers{"x-mlflow-authorization": {root}}, "root", nil},
		{"it, with a provider's key", "/gateway/proxy/a/v1", authz.Headers{"x-mlflow-authorization": {root}, "authorization": {"Bearer sk-provider"}}, "root", nil},
		{"it, wrong, beside a right one", "/gateway/proxy/a/v1", authz.Headers{"x-mlflow-authorization": {"Basic eDp5"}, "authorization": {root}}, "", credential.ErrWrong},
		{"it, twice", "/gateway/proxy/a/v1", authz.Headers{"x-mlflow-authorization": {root, root}}, "", credential.ErrSeveral},
		{"it, empty", "/gateway/proxy/a/v1", authz.Headers{"x-mlflow-authorization": {""}, "authorization": {root}}, "root", nil},
		{"it, on another route", "/api/2.0/mlflow/runs/get", authz.Headers{"x-mlflow-authorization": {root}}, "", credential.ErrAbsent},
		{"it, on a route that only looks like one", "/x/gateway/", authz.Headers{"x-mlflow-authorization": {root}}, "", credential.ErrAbsent},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := a.Authenticate(t.Context(), authz.Request{ID: "r", Method: "GET", Target: c.target, Headers: c.headers})
			if p.Username != c.want && err == nil || (err == nil) != (c.want != "") || !errors.Is(err, c.class) && c.class != nil {
				t.Errorf("%+v %v", p, err)
			}
		})
	}
}

// TestTheGatewaysHeaderIsNamed so that the provider's key is left in the request, there and nowhere else.
func TestTheGatewaysHeaderIsNamed(t *testing.T) {
	w := credentialtest.NewWorld()
	a := all(t, w)
	root := basicAuth("root", password).Headers["authorization"]
	for target, want := range map[string]string{"/gateway/proxy/a/v1": "x-mlflow-authorization", "/api/2.0/mlflow/runs/get": ""} {
		h := authz.Headers{"authorization": root, "x-mlflow-authorization": root}
		p, err := a.Authenticate(t.Context(), authz.Request{Method: "GET", Target: target, Headers: h})
		if err != nil || p.Header != want {
			t.Errorf("%s: %+v %v", target, p, err)
		}
	}
}

func TestCarriersThatCouldBeTakenForSomethingElse(t *testing.T) {
	for _, c := range []struct {
		carrier credential.Carrier
		ok      bool
	}{
		{credential.Carrier{Header: "X-Api-Key"}, true},
		{credential.Carrier{Header: "Authorization", Scheme: "Token"}, true},
		{credential.Carrier{Header: "X-Api-Key", Scheme: "Bearer"}, true},
		{credential.Carrier{}, false},
		{credential.Carrier{Header: "Authorization"}, false},
		{credential.Carrier{Header: "authorization", Scheme: "basic"}, false},
		{credential.Carrier{Header: "AUTHORIZATION", Scheme: "AWS4-HMAC-SHA256"}, false},
		{credential.Carrier{Header: "X Api"}, false},
		{credential.Carrier{Header: "x-api-key", Scheme: "two words"}, false},
		{credential.Carrier{Header: "Cookie"}, false},
		{credential.Carrier{Header: "X-MLflow-Authorization"}, false},
		{credential.Carrier{Header: credential.PrincipalHeader}, false},
	} {
		if err := c.carrier.Check(); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.carrier, err)
		}
	}
}

// FuzzHeaders: whatever headers say, somebody is signed in only by a credential of theirs, and nothing panics.
func FuzzHeaders(f *testing.F) {
	w := credentialtest.NewWorld()
	a, token := all(f, w), w.IssueToken("alice")
	for _, seed := range []string{"Bearer " + token, "Basic YTpi", "Token x", "Bearer a.b.c", "AWS4-HMAC-SHA256 x", "", " ", "Bearer  "} {
		f.Add(seed, seed, "/gateway/x")
	}
	f.Fuzz(func(t *testing.T, authorization, other, target string) {
		for _, name := range []string{"x-api-key", "x-auth", "x-mlflow-authorization"} {
			h := authz.Headers{"authorization": {authorization}, name: {other}}
			p, err := a.Authenticate(t.Context(), authz.Request{Method: "GET", Target: target, Headers: h})
			if (err == nil) != p.Known() || p.Known() && p.Username != "alice" {
				t.Fatalf("%q %q: %+v %v", authorization, other, p, err)
			}
		}
	})
}
