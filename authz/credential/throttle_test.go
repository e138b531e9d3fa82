package credential

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"extauthz/authz"
)

func (s *stage) fail(t *testing.T, n int, username string, from netip.Addr) {
	t.Helper()
	for i := range n {
		s.expect(t, authz.Unauthenticated, username, fmt.Sprintf("guess number %d", i), from)
	}
}

func TestGuessingIsThrottled(t *testing.T) {
	s := setStage(t)
	s.fail(t, 20, "alice", home)
	s.hashed()
	s.expect(t, authz.Throttled, "alice", "guess again", home)
	s.expect(t, authz.Throttled, "alice", secret, home)
	if n := len(s.hashed()); n != 0 {
		t.Errorf("a throttled login cost %d hashes", n)
	}
	_, err := s.login("alice", "guess", home)
	if !strings.Contains(err.Error(), "try again in 5 s") {
		t.Errorf("the text does not say when to retry: %v", err)
	}
	s.clock.advance(5 * time.Second)
	s.expect(t, authz.Unauthenticated, "alice", "one guess every five seconds", home)
	s.expect(t, authz.Throttled, "alice", secret, home)
	s.clock.advance(5 * time.Second)
	s.expect(t, "", "alice", secret, home)
}

func TestUnknownUsersAreThrottledLikeKnownOnes(t *testing.T) {
	s := setStage(t)
	s.fail(t, 20, "nobody", home)
	s.expect(t, authz.Throttled, "nobody", secret, home)
	s.expect(t, "", "alice", secret, home)
}

func TestAttackerLocksNobodyOut(t *testing.T) {
	s := setStage(t)
	s.expect(t, "", "admin", secret, home)
	s.fail(t, 20, "admin", home)
	s.fail(t, 20, "alice", home)
	s.expect(t, authz.Throttled, "alice", secret, home) // a new login from the attacker's own address
	s.expect(t, "", "admin", secret, home)              // signed in before, same address
	s.expect(t, "", "alice", secret, away)              // a new login from elsewhere
	s.clock.advance(time.Hour)
	s.expect(t, "", "alice", secret, home)
}

func TestSprayingManyUsersIsThrottled(t *testing.T) {
	s := setStage(t)
	for i := range 200 {
		s.fail(t, 1, fmt.Sprintf("user%d", i), home)
	}
	s.expect(t, authz.Throttled, "alice", secret, home)
	s.expect(t, "", "alice", secret, away)
	s.clock.advance(time.Second / 2)
	s.expect(t, "", "admin", secret, home)
}

func TestSuccessTakesNoToken(t *testing.T) {
	s := setStage(t)
	for i := range 300 {
		name := fmt.Sprintf("user%d", i)
		s.people.put(name, Account{Principal: authz.Principal{UserID: 9, Username: name}, PasswordHash: s.hash(t, secret)})
		s.expect(t, "", name, secret, home)
	}
	s.fail(t, 20, "alice", home)
}

// Guesses sent at once must not all pass on the tokens that one of them needs.
func TestGuessesInParallelAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setStage(t)
		s.hold = make(chan struct{})
		var all sync.WaitGroup
		for i := range 500 {
			all.Go(func() { _, _ = s.login("alice", fmt.Sprintf("guess %d", i), home) })
		}
		synctest.Wait()
		close(s.hold)
		all.Wait()
		if n := len(s.hashed()); n != 20 {
			t.Errorf("%d of 500 parallel guesses were checked, want 20", n)
		}
	})
}

func TestNetworks(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"2001:db8::1", "2001:db8::ffff:1", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
		{"fe80::1%eth0", "fe80::1%eth1", true},
		{"", "", true},
		{"", "0.0.0.0", false},
	} {
		a, _ := netip.ParseAddr(c.a)
		b, _ := netip.ParseAddr(c.b)
		if got := network(a) == network(b); got != c.same {
			t.Errorf("network(%q) == network(%q) is %v", c.a, c.b, got)
		}
	}
}

func TestUnknownSourceIsOneBucket(t *testing.T) {
	s := setStage(t)
	s.fail(t, 20, "alice", netip.Addr{})
	s.expect(t, authz.Throttled, "alice", secret, netip.Addr{})
	s.expect(t, "", "alice", secret, home)
}

// A full queue is not the caller's failure: no guess was made.
func TestBusyTakesNoToken(t *testing.T) {
	s := setStage(t)
	s.hasher.gate = newGate(1, 0)
	leave, _ := s.hasher.gate.enter(t.Context())
	for range 50 {
		s.expect(t, authz.Throttled, "alice", secret, home)
	}
	leave()
	s.expect(t, "", "alice", secret, home)
}

func TestBucketsAreBounded(t *testing.T) {
	b := newBuckets(Limit{Burst: 1, Every: time.Hour}, 3)
	first := b.get(1)
	for k := range uint64(100) {
		b.get(k + 2)
		if b.get(1) != first {
			t.Fatal("the most recently used bucket was forgotten")
		}
	}
	if len(b.index) != 3 || b.recent.Len() != 3 {
		t.Errorf("%d and %d buckets are kept, want 3", len(b.index), b.recent.Len())
	}
}
