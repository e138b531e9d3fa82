package credential

import (
	"errors"
	"testing"

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
