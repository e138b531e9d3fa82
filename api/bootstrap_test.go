package api

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"extauthz/authz/credential"
	"extauthz/store"
	"extauthz/store/boltstore"
)

func TestBootstrap(t *testing.T) {
	for name, c := range map[string]struct {
		admin FirstAdmin
		err   string // part of it; "" for success
		must  bool
	}{
		"good":               {FirstAdmin{"root", "a-good-password", false}, "", false},
		"documented":         {FirstAdmin{"admin", "password1234", false}, "", true},
		"older documented":   {FirstAdmin{"admin", "password", false}, "", true},
		"development":        {FirstAdmin{"admin", "password1234", true}, "", false},
		"nothing configured": {FirstAdmin{}, "MLFLOW_AUTH_ADMIN_USERNAME", false},
		"no password":        {FirstAdmin{"admin", "", false}, "MLFLOW_AUTH_ADMIN_PASSWORD", false},
		"short":              {FirstAdmin{"admin", "short", false}, "MLFLOW_AUTH_ADMIN_PASSWORD", false},
		"long":               {FirstAdmin{"admin", strings.Repeat("x", 1025), false}, "MLFLOW_AUTH_ADMIN_PASSWORD", false},
		"bad name":           {FirstAdmin{"ad:min", "a-good-password", false}, "MLFLOW_AUTH_ADMIN_USERNAME", false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newStore(t)
			created, err := Bootstrap(t.Context(), b, c.admin)
			if c.err != "" {
				if err == nil || created || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("Bootstrap = %v, %v", created, err)
				}
				return
			}
			u, lookup := b.Store.UserByName(t.Context(), c.admin.Username)
			if err != nil || !created || lookup != nil || !u.Admin || u.MustChangePassword != c.must || u.CreatedAt.IsZero() {
				t.Fatalf("Bootstrap = %v, %v: %+v", created, err, u)
			}
		})
	}
}

func TestBootstrapLeavesAnAdminAlone(t *testing.T) {
	b := newStore(t)
	if _, err := Bootstrap(t.Context(), b, FirstAdmin{Username: "admin", Password: "a-good-password"}); err != nil {
		t.Fatal(err)
	}
	before, _ := b.Store.UserByName(t.Context(), "admin")
	for _, again := range []FirstAdmin{{"admin", "another-password", false}, {"root", "a-good-password", false}, {}} {
		if created, err := Bootstrap(t.Context(), b, again); created || err != nil {
			t.Errorf("Bootstrap(%+v) = %v, %v", again, created, err)
		}
	}
	if after, _ := b.Store.UserByName(t.Context(), "admin"); after != before {
		t.Errorf("the admin was %+v and is %+v", before, after)
	}
}

// TestBootstrapPromotesNobody: a store can lose its admins only by hand, and a name alone makes nobody one.
func TestBootstrapPromotesNobody(t *testing.T) {
	b := newStore(t)
	if _, err := b.Store.CreateUser(t.Context(), store.User{Username: "admin", PasswordHash: "x"}); err != nil {
		t.Fatal(err)
	}
	if created, err := Bootstrap(t.Context(), b, FirstAdmin{Username: "admin", Password: "a-good-password"}); created || err == nil {
		t.Errorf("Bootstrap = %v, %v", created, err)
	}
}

func newStore(t *testing.T) BootstrapConfig {
	t.Helper()
	s, err := boltstore.Create(filepath.Join(t.TempDir(), "store.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	hasher, err := credential.NewHasher(credential.HasherConfig{Cost: credential.Argon2id{MemoryKiB: 8, Time: 1, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return BootstrapConfig{Store: s, Passwords: passwords{Hasher: hasher}, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
}
