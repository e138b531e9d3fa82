package credential

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"extauthz/authz"
)

func TestVerifiedOnceHashedOnce(t *testing.T) {
	s := setStage(t)
	for range 5 {
		s.expect(t, "", "alice", secret, home)
		s.expect(t, "", "alice", secret, away)
	}
	if n := len(s.hashed()); n != 1 {
		t.Errorf("ten logins with one credential cost %d hashes, want 1", n)
	}
}

func TestChangedPasswordTakesEffectAtOnce(t *testing.T) {
	s := setStage(t)
	s.expect(t, "", "alice", secret, home)
	fresh := s.hash(t, "another long password")
	s.people.change("alice", func(a *Account) { a.PasswordHash = fresh })
	s.expect(t, authz.Unauthenticated, "alice", secret, home)
	s.expect(t, "", "alice", "another long password", home)
}

func TestSamePasswordUnderNewHashIsVerifiedAgain(t *testing.T) {
	s := setStage(t)
	s.expect(t, "", "alice", secret, home)
	fresh := s.hash(t, secret)
	s.people.change("alice", func(a *Account) { a.PasswordHash = fresh })
	s.hashed()
	s.expect(t, "", "alice", secret, home)
	if n := len(s.hashed()); n != 1 {
		t.Errorf("%d hashes, want 1", n)
	}
}

func TestAccountIsReadAfresh(t *testing.T) {
	s := setStage(t)
	s.expect(t, "", "admin", secret, home)
	s.people.change("admin", func(a *Account) { a.Principal.Admin, a.Principal.MustChangePassword = false, true })
	if p, err := s.login("admin", secret, home); err != nil || p.Admin || !p.MustChangePassword {
		t.Errorf("demoted admin is still %+v, %v", p, err)
	}
	s.people.change("admin", func(a *Account) { a.PasswordHash = "" })
	s.expect(t, authz.Unauthenticated, "admin", secret, home)
	s.expect(t, "", "alice", secret, home)
	s.people.remove("alice")
	s.expect(t, authz.Unauthenticated, "alice", secret, home)
}

func TestFailuresAreNotRemembered(t *testing.T) {
	s := setStage(t)
	fresh := s.hash(t, "another long password")
	s.expect(t, authz.Unauthenticated, "alice", "another long password", home)
	s.people.change("alice", func(a *Account) { a.PasswordHash = fresh })
	s.expect(t, "", "alice", "another long password", home)
}

func TestStoreDownRefusesEvenTheRemembered(t *testing.T) {
	s := setStage(t)
	s.expect(t, "", "alice", secret, home)
	s.people.down = errors.New("disk on fire")
	s.expect(t, authz.StoreFailed, "alice", secret, home)
	s.expect(t, authz.StoreFailed, "nobody", secret, home)
	s.people.down = nil
	s.expect(t, "", "alice", secret, home)
}

func TestStoreThatNamesNobodyRefuses(t *testing.T) {
	s := setStage(t)
	s.people.change("alice", func(a *Account) { a.Principal.UserID = 0 })
	s.expect(t, authz.StoreFailed, "alice", secret, home)
}

// User enumeration by time: MLflow 3.17.2 answers for an unknown user a hundred times faster. Compared is the work, not the clock.
func TestUnknownUserCostsTheSame(t *testing.T) {
	s := setStage(t)
	s.people.put("passwordless", Account{Principal: authz.Principal{UserID: 3, Username: "passwordless"}})
	s.people.put("broken", Account{Principal: authz.Principal{UserID: 4, Username: "broken"}, PasswordHash: "scrypt:1:1:1$x$00"})
	for _, name := range []string{"alice", "nobody", "passwordless", "broken"} {
		s.hashed()
		s.expect(t, authz.Unauthenticated, name, "wrong horse battery", home)
		if h := s.hashed(); len(h) != 1 || h[0] != kdf(cheap) {
			t.Errorf("a wrong password for %s cost %v, want one %v", name, h, cheap)
		}
	}
}

func TestHundredWorkersCostOneHash(t *testing.T) {
	for _, password := range []string{secret, "wrong horse battery"} {
		synctest.Test(t, func(t *testing.T) {
			s := setStage(t)
			s.hold = make(chan struct{})
			var all sync.WaitGroup
			var in sync.Map
			for i := range 100 {
				all.Go(func() { p, _ := s.login("alice", password, home); in.Store(i, p.Known()) })
			}
			synctest.Wait()
			close(s.hold)
			all.Wait()
			in.Range(func(_, known any) bool {
				if known != (password == secret) {
					t.Errorf("with password %q: known is %v", password, known)
				}
				return true
			})
			if n := len(s.hashed()); n != 1 {
				t.Errorf("%d hashes, want 1", n)
			}
		})
	}
}

// Who joined a verification must not inherit the fate of the client who happened to ask first.
func TestFirstClientHangsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setStage(t)
		s.hold = make(chan struct{})
		gone, hangUp := context.WithCancel(t.Context())
		go s.Authenticate(gone, request(header("alice", secret), home))
		synctest.Wait()
		hangUp()
		go func() { synctest.Wait(); close(s.hold) }()
		s.expect(t, "", "alice", secret, home)
	})
}

// A login that was joined to one under the old password would outlive the change.
func TestPasswordChangesWhileVerifying(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setStage(t)
		fresh := s.hash(t, "another long password")
		s.hold = make(chan struct{})
		go s.login("alice", secret, home)
		synctest.Wait()
		s.people.change("alice", func(a *Account) { a.PasswordHash = fresh })
		go func() { synctest.Wait(); close(s.hold) }()
		s.expect(t, authz.Unauthenticated, "alice", secret, home)
		s.expect(t, "", "alice", "another long password", home)
	})
}

func TestPanicRefusesWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setStage(t)
		hold := make(chan struct{})
		s.hasher.derive = func(kdf, string, []byte, int) ([]byte, error) { <-hold; panic("broken") }
		go func() {
			defer func() { _ = recover() }()
			_, _ = s.login("alice", secret, home)
		}()
		synctest.Wait()
		go func() { synctest.Wait(); close(hold) }()
		s.expect(t, authz.Internal, "alice", secret, home)
		s.hasher.derive = s.derive
		s.expect(t, "", "alice", secret, home)
	})
}

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

func TestNewBasicRefusesAnEmptyConfig(t *testing.T) {
	if _, err := NewBasic(Config{}); err == nil {
		t.Error("no accounts and no hasher were accepted")
	}
	h, _ := NewHasher(HasherConfig{Cost: cheap})
	if _, err := NewBasic(Config{Accounts: &people{}, Hasher: h, Limits: Limits{Size: 1}}); err == nil {
		t.Error("limits that let nobody in were accepted")
	}
	if _, err := NewBasic(Config{Accounts: &people{}, Hasher: h}); err != nil {
		t.Error(err)
	}
}
