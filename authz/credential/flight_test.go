package credential

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"extauthz/authz"
)

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

func TestWhoWaitsMayHangUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setStage(t)
		s.hold = make(chan struct{})
		go s.login("alice", secret, home)
		synctest.Wait()
		gone, hangUp := context.WithCancel(t.Context())
		hangUp()
		if _, err := s.Authenticate(gone, request(header("alice", secret), home)); reason(err) != authz.Throttled {
			t.Errorf("got %v", err)
		}
		close(s.hold)
		s.expect(t, "", "alice", secret, home)
	})
}
