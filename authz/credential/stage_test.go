package credential

import (
	"context"
	"encoding/base64"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"extauthz/authz"
)

// stage is a Basic with a few accounts, a clock that stands still, and a record of every hash that was computed.
type stage struct {
	*Basic
	hasher *Hasher
	people *people
	clock  *clock

	mu     sync.Mutex
	hashes []kdf         // the cost of each derivation, in order
	hold   chan struct{} // when set, a derivation waits until it is closed
}

const secret = "correct horse battery"

var (
	cheap = Argon2id{MemoryKiB: 64, Time: 1, Threads: 1}
	home  = netip.MustParseAddr("192.0.2.1")
	away  = netip.MustParseAddr("198.51.100.7")
)

// setStage has alice and the admin, both with the password secret.
func setStage(t testing.TB, change ...func(*Config)) *stage {
	t.Helper()
	h, err := NewHasher(HasherConfig{Cost: cheap, Slots: 2, Queue: 1000})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{hasher: h, people: &people{}, clock: &clock{now: time.Unix(1_000_000, 0)}}
	s.people.put("alice", Account{Principal: authz.Principal{UserID: 2, Username: "alice"}, PasswordHash: s.hash(t, secret)})
	s.people.put("admin", Account{Principal: authz.Principal{UserID: 1, Username: "admin", Admin: true}, PasswordHash: s.hash(t, secret)})
	h.derive = s.derive
	c := Config{Accounts: s.people, Hasher: h, Now: s.clock.Now}
	for _, f := range change {
		f(&c)
	}
	if s.Basic, err = NewBasic(c); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stage) derive(k kdf, password string, salt []byte, length int) ([]byte, error) {
	s.mu.Lock()
	s.hashes = append(s.hashes, k)
	hold := s.hold
	s.mu.Unlock()
	if hold != nil {
		<-hold
	}
	return k.derive(password, salt, length)
}

// hashed returns the derivations since the last call.
func (s *stage) hashed() []kdf {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hashes
	s.hashes = nil
	return h
}

func (s *stage) hash(t testing.TB, password string) string {
	t.Helper()
	encoded, err := s.hasher.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func (s *stage) login(username, password string, from netip.Addr) (authz.Principal, error) {
	return s.Authenticate(context.Background(), request(header(username, password), from))
}

// expect logs in and compares the reason; "" is success.
func (s *stage) expect(t *testing.T, want authz.Reason, username, password string, from netip.Addr) {
	t.Helper()
	p, err := s.login(username, password, from)
	if got := reason(err); got != want {
		t.Fatalf("login of %s from %s: got %q (%v), want %q", username, from, got, err, want)
	}
	if p.Known() != (want == "") {
		t.Fatalf("login of %s: principal %+v with reason %q", username, p, want)
	}
}

func header(username, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))
}

func request(authorization string, from netip.Addr) authz.Request {
	return authz.Request{Headers: authz.Headers{"authorization": {authorization}}, Source: from}
}

func reason(err error) authz.Reason {
	var r *authz.Refusal
	switch {
	case err == nil:
		return ""
	case errors.As(err, &r):
		return r.Reason
	default:
		return authz.Internal
	}
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
