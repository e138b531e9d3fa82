package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/store"
	"extauthz/store/boltstore"
)

// fixture is the handler over a real store and real credentials, with an admin and the users alice, bob and carol. alice owns experiment 1
// and model m1.
type fixture struct {
	testing.TB
	handler   http.Handler
	store     store.Store
	passwords map[string]string
	log       *syncBuffer
}

const initialPassword = "initial-password-of-"

func newFixture(t testing.TB, change ...func(*Config)) *fixture {
	t.Helper()
	f := emptyFixture(t, change...)
	for _, username := range []string{"alice", "bob", "carol"} {
		f.createUser(username)
	}
	f.own("alice", authz.Experiment, "1")
	f.own("alice", authz.RegisteredModel, "m1")
	return f
}

// emptyFixture has only the admin.
func emptyFixture(t testing.TB, change ...func(*Config)) *fixture {
	t.Helper()
	s, err := boltstore.Create(filepath.Join(t.TempDir(), "store.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	f := &fixture{TB: t, store: s, passwords: map[string]string{}, log: &syncBuffer{}}
	hasher, err := credential.NewHasher(credential.HasherConfig{Cost: credential.Argon2id{MemoryKiB: 8, Time: 1, Threads: 1}, Queue: 1000})
	if err != nil {
		t.Fatal(err)
	}
	bearer := &credential.Bearer{Tokens: accounts{s}, Now: time.Now, Used: func(authz.Principal) {}}
	basic, err := credential.NewBasic(credential.Config{Accounts: accounts{s}, Hasher: hasher, Tokens: bearer})
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Store: s, Authenticator: &credential.OneOf{Authorization: []credential.Scheme{basic, bearer}}, Passwords: passwords{hasher, basic},
		Decider: &authz.Authorizer{Grants: s, Default: authz.Read},
		Logger:  slog.New(slog.NewJSONHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, apply := range change {
		apply(&c)
	}
	f.passwords["admin"] = initialPassword + "admin"
	bootstrap := BootstrapConfig{Store: s, Passwords: c.Passwords, Now: time.Now, Logger: c.Logger}
	if _, err := Bootstrap(t.Context(), bootstrap, FirstAdmin{Username: "admin", Password: f.passwords["admin"]}); err != nil {
		t.Fatal(err)
	}
	if f.handler, err = New(c); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) createUser(username string) {
	f.Helper()
	f.passwords[username] = initialPassword + username
	body, _ := json.Marshal(map[string]string{"username": username, "password": f.passwords[username]})
	if a := f.call("admin", "POST", "/api/2.0/mlflow/users/create", string(body)); a.status != http.StatusOK {
		f.Fatalf("creating %s: %d %s", username, a.status, a.body)
	}
}

func (f *fixture) own(username string, kind authz.Kind, id string) {
	f.Helper()
	if err := f.store.Own(f.Context(), authz.InDefault(kind, id), f.user(username).ID); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) user(username string) store.User {
	f.Helper()
	u, err := f.store.UserByName(f.Context(), username)
	if err != nil {
		f.Fatal(err)
	}
	return u
}

func (f *fixture) revision() uint64 {
	f.Helper()
	r, err := f.store.Revision(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	return r
}

// digest is of everything that decides.
func (f *fixture) digest() string {
	f.Helper()
	d, err := f.store.Digest(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	return d
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   string
}

func (a reply) code() string {
	var f failureObject
	_ = json.Unmarshal([]byte(a.body), &struct {
		Code *string `json:"error_code"`
	}{&f.ErrorCode})
	return f.ErrorCode
}

// call sends a request as the user, with JSON in its body when there is one.
func (f *fixture) call(username, method, target, body string, change ...func(*http.Request)) reply {
	f.Helper()
	r := httptest.NewRequestWithContext(f.Context(), method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if username != "" {
		r.SetBasicAuth(username, f.passwords[username])
	}
	for _, apply := range change {
		apply(r)
	}
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return reply{status: w.Code, header: w.Header(), body: w.Body.String()}
}

func header(name string, values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header[http.CanonicalHeaderKey(name)] = values }
}

// accounts and passwords are what the app ties together.
type accounts struct{ store store.Reader }

func (a accounts) Account(ctx context.Context, username string) (credential.Account, error) {
	found, err := a.store.AccountByName(ctx, username)
	if errors.Is(err, store.ErrNotFound) || err == nil && found.Disabled {
		return credential.Account{}, credential.ErrNoAccount
	}
	return accountOf(found), err
}

func (a accounts) Token(ctx context.Context, digest credential.TokenDigest) (credential.Issued, error) {
	found, token, err := a.store.AccountByKey(ctx, store.Token, digest[:])
	if errors.Is(err, store.ErrNotFound) || err == nil && found.Disabled {
		return credential.Issued{}, credential.ErrNoAccount
	}
	p := found.Principal()
	p.Method, p.CredentialID, p.Scope = authz.ByToken, token.ID, token.Scope
	return credential.Issued{Principal: p, ExpiresAt: token.ExpiresAt}, err
}

func accountOf(a store.Account) credential.Account {
	return credential.Account{PasswordHash: a.PasswordHash, Principal: a.Principal()}
}

type passwords struct {
	*credential.Hasher
	basic *credential.Basic
}

func (p passwords) Verify(ctx context.Context, u store.User, password string) (bool, error) {
	return p.basic.VerifyPassword(ctx, accountOf(store.Account{User: u}), password)
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
