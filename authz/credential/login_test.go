package credential

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"extauthz/authz"
)

func TestOldHashIsUpgraded(t *testing.T) {
	var s *stage
	s = setStage(t, func(c *Config) {
		c.Upgrade = func(_ context.Context, old Account, newHash string) error {
			s.people.change(old.Principal.Username, func(a *Account) { a.PasswordHash = newHash })
			return nil
		}
	})
	const werkzeug = "pbkdf2:sha1:1000$mWCGGaSEfdegwB4w$4cf1e3701e9305efb3d63e2f106265b95a2506b9"
	s.people.change("alice", func(a *Account) { a.PasswordHash = werkzeug })
	s.expect(t, authz.Unauthenticated, "alice", secret, home)
	if a, _ := s.people.Account(t.Context(), "alice"); a.PasswordHash != werkzeug {
		t.Fatal("a wrong password replaced the hash")
	}
	s.expect(t, "", "alice", "older hash one", home)
	if a, _ := s.people.Account(t.Context(), "alice"); s.hasher.NeedsRehash(a.PasswordHash) {
		t.Fatalf("still %s", a.PasswordHash)
	}
	s.expect(t, "", "alice", "older hash one", home)
}

func TestFailedUpgradeStillLogsIn(t *testing.T) {
	var logs bytes.Buffer
	s := setStage(t, func(c *Config) {
		c.Upgrade = func(context.Context, Account, string) error { return errors.New("disk full") }
		c.Logger = slog.New(slog.NewTextHandler(&logs, nil))
	})
	s.people.change("alice", func(a *Account) {
		a.PasswordHash = "pbkdf2:sha1:1000$mWCGGaSEfdegwB4w$4cf1e3701e9305efb3d63e2f106265b95a2506b9"
	})
	s.expect(t, "", "alice", "older hash one", home)
	if got := logs.String(); !strings.Contains(got, "disk full") || strings.Contains(got, "older hash") || strings.Contains(got, "4cf1e") {
		t.Errorf("log is %q: want the cause, and neither password nor hash", got)
	}
}

func TestVerifyPassword(t *testing.T) {
	s := setStage(t)
	alice, _ := s.people.Account(t.Context(), "alice")
	for password, want := range map[string]bool{secret: true, "wrong": false, "": false, strings.Repeat("x", 2000): false} {
		if ok, err := s.VerifyPassword(t.Context(), alice, password); ok != want || err != nil {
			t.Errorf("VerifyPassword(%.20q) = %v, %v; want %v", password, ok, err, want)
		}
	}
	for range 20 {
		_, _ = s.VerifyPassword(t.Context(), alice, "guess")
	}
	if _, err := s.VerifyPassword(t.Context(), alice, secret); reason(err) != authz.Throttled {
		t.Errorf("guessing the current password is not throttled: %v", err)
	}
	s.expect(t, "", "alice", secret, home)
}
