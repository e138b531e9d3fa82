package app

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/jwt"
	"extauthz/store"
)

// signing is an issuer of tokens, with its keys in a file.
type signing struct {
	jwt.Issuer
	key ed25519.PrivateKey
}

func newSigning(t testing.TB) signing {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte("a seed of exactly thirty-two by."))
	public := base64.RawURLEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	path := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(path, []byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"`+public+`"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return signing{jwt.Issuer{
		Issuer: "sso", Audiences: []string{"mlflow"}, Algorithms: []string{"EdDSA"}, JWKSFile: path, Provision: true,
		Groups: "groups", Roles: map[string]string{"ml": "editors", "other": "team/readers"},
	}, key}
}

func (s signing) token(username string, groups ...string) string {
	claims, err := json.Marshal(map[string]any{"iss": "sso", "aud": "mlflow", "sub": username, "exp": time.Now().Unix() + 600, "groups": groups})
	if err != nil {
		panic(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(s.key, []byte(text)))
}

func (a *App) bearing(t *testing.T, token string) int {
	t.Helper()
	return a.status(t, reading("authorization", "Bearer "+token))
}

func (a *App) wants(t *testing.T, token, what string, status int) {
	t.Helper()
	if got := a.bearing(t, token); got != status {
		t.Errorf("%s: %d, want %d", what, got, status)
	}
}

func TestIssuersComeAndGoWithReloads(t *testing.T) {
	a, s := start(t, nil), newSigning(t)
	own := alice(t, a)
	token, newcomer := s.token("alice"), s.token("newcomer")
	live := Live{DefaultPermission: authz.Read}
	for range 2 {
		a.reloaded(t, live)
		a.wants(t, token, "no issuers", http.StatusUnauthorized)
		a.wants(t, own, "a personal token without issuers", http.StatusOK)
		trusting := live
		trusting.Issuers = []jwt.Issuer{s.Issuer}
		a.reloaded(t, trusting)
		a.wants(t, token, "the issuer", http.StatusOK)
		a.wants(t, newcomer, "the issuer, at first sight", http.StatusOK)
		a.wants(t, own, "a personal token beside issuers", http.StatusOK)
		a.wants(t, own+".a.b", "a personal token with two dots", http.StatusUnauthorized)
	}
}

// TestIssuerWithoutKeysChangesNothing: a reload that names a file of keys that is not there is none.
func TestIssuerWithoutKeysChangesNothing(t *testing.T) {
	s := newSigning(t)
	a := start(t, func(c *Config) { c.Issuers = []jwt.Issuer{s.Issuer} })
	wrong := a.config
	wrong.Issuers = []jwt.Issuer{s.Issuer}
	wrong.Issuers[0].JWKSFile = "missing"
	if err := a.Reload(func() (Config, error) { return wrong, nil }); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("%v, want what is missing", err)
	}
	if err := Check(wrong); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("Check says %v", err)
	}
	a.wants(t, s.token("alice"), "the issuer before", http.StatusOK)
}

// TestGroupsAreRoles: by what the role permits now, and only for tokens that have the group.
func TestGroupsAreRoles(t *testing.T) {
	s := newSigning(t)
	a := start(t, func(c *Config) { c.Issuers, c.DefaultPermission = []jwt.Issuer{s.Issuer}, authz.NoPermissions })
	ctx := t.Context()
	member, other := s.token("alice", "ml", "nobody's"), s.token("alice", "nobody's")
	a.wants(t, member, "a role that is not there", http.StatusForbidden)
	role, err := a.store.CreateRole(ctx, store.Role{Workspace: authz.DefaultWorkspace, Name: "editors"})
	if err != nil {
		t.Fatal(err)
	}
	experiment := authz.InDefault(authz.Experiment, "1")
	if err := a.store.CreateGrant(ctx, store.Grant{Holder: role.ID, Resource: experiment, Permission: authz.Edit}); err != nil {
		t.Fatal(err)
	}
	a.wants(t, member, "the group's role", http.StatusOK)
	a.wants(t, other, "another group", http.StatusForbidden)
	if err := a.store.DeleteRole(ctx, role.ID); err != nil {
		t.Fatal(err)
	}
	a.wants(t, member, "a deleted role", http.StatusForbidden)
	if _, err := a.store.CreateRole(ctx, store.Role{Workspace: "team", Name: "readers", Default: authz.Read}); err != nil {
		t.Fatal(err)
	}
	a.wants(t, s.token("alice", "other"), "a role with a default permission, of a workspace", http.StatusOK)
}

// TestProvisionedUsersAreOrdinary: they have no password, and can be disabled like all others.
func TestProvisionedUsersAreOrdinary(t *testing.T) {
	s := newSigning(t)
	a := start(t, func(c *Config) { c.Issuers = []jwt.Issuer{s.Issuer} })
	token := s.token("carol")
	a.wants(t, token, "at first sight", http.StatusOK)
	made, err := a.store.UserByName(t.Context(), "carol")
	if err != nil || made.Admin || made.PasswordHash != "" || made.CreatedAt.IsZero() {
		t.Fatalf("%+v, %v", made, err)
	}
	basic := base64.StdEncoding.EncodeToString([]byte("carol:"))
	if got := a.status(t, reading("authorization", "Basic "+basic)); got != http.StatusUnauthorized {
		t.Errorf("an empty password: %d, want 401", got)
	}
	for _, disabled := range []bool{true, false} {
		if _, err := a.store.UpdateUser(t.Context(), "carol", func(u *store.User) error { u.Disabled = disabled; return nil }); err != nil {
			t.Fatal(err)
		}
		a.wants(t, token, "disabled or not", map[bool]int{true: http.StatusUnauthorized, false: http.StatusOK}[disabled])
	}
}

// TestNameInAnotherSpellingIsNotMade: a provider that ignores case must not make two users that people take for one.
func TestNameInAnotherSpellingIsNotMade(t *testing.T) {
	s := newSigning(t)
	a := start(t, func(c *Config) { c.Issuers = []jwt.Issuer{s.Issuer} })
	a.wants(t, s.token("ADMIN"), "the admin's name in capitals", http.StatusUnauthorized)
	if _, err := (directory{accounts{a.store}, time.Now}).Provision(t.Context(), "Admin"); !errors.Is(err, credential.ErrNoAccount) {
		t.Errorf("made: %v", err)
	}
	a.wants(t, s.token("admin"), "the admin", http.StatusOK)
}
