package ownership

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/lookup"
	"extauthz/store"
	"extauthz/store/boltstore"
)

// server is an MLflow that has names only.
type server struct {
	mu     sync.Mutex
	now    func() time.Time
	things map[authz.Kind]map[string]thing
	nextID int
	last   int       // the serial of what was changed last
	latest time.Time // when the last thing was made: no two are of one millisecond
	fails  error
	asked  func(name string) // called after each question was answered
}

// names are those of the table that MLflow keeps things of that kind in: prompts and registered models share one.
func (s *server) names(kind authz.Kind) map[string]thing {
	if kind == authz.Prompt {
		kind = authz.RegisteredModel
	}
	return s.things[kind]
}

type thing struct {
	kind    authz.Kind
	id      string
	created time.Time
	altered bool
	creator uint64
	serial  int // no other thing has it
}

func (s *server) Named(_ context.Context, r authz.Resource) (lookup.Named, error) {
	s.mu.Lock()
	x, ok := s.names(r.Kind)[r.ID]
	for _, other := range s.names(r.Kind) {
		if r.Kind == authz.GatewaySecret && other.id == r.ID {
			x, ok = other, true
		}
	}
	s.mu.Unlock()
	n := lookup.Named{Exists: ok, Kind: x.kind, ID: x.id, Created: x.created, Altered: x.altered, Asked: s.now().Truncate(time.Second)}
	if s.asked != nil {
		s.asked(r.ID)
	}
	return n, s.fails
}

// do carries out a request and returns the HTTP status and a created experiment's id.
func (s *server) do(user uint64, op authz.Operation) (status int, created string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind, name := op.Subject.Resource.Kind, op.Subject.Resource.ID
	if kind == authz.Experiment || kind == authz.GatewaySecret && op.Response == authz.Creates {
		name = op.Subject.Name
	}
	things := s.names(kind)
	for n, x := range things {
		if kind == authz.GatewaySecret && x.id == name {
			name = n
		}
	}
	old, exists := things[name]
	s.last = old.serial
	switch {
	case op.Response == authz.Creates && !exists:
		s.nextID++
		if at := s.now().Truncate(time.Millisecond); at.After(s.latest) {
			s.latest = at
		} else {
			s.latest = s.latest.Add(time.Millisecond)
		}
		x := thing{kind: kind, id: name, created: s.latest, creator: user, serial: s.nextID}
		s.last = x.serial
		if kind == authz.Experiment || kind == authz.GatewaySecret {
			x.id = strconv.Itoa(s.nextID)
			created = x.id
		}
		things[name] = x
		return 200, created
	case op.Response == authz.Creates, !exists:
		return 400, ""
	case op.Response == authz.Renames:
		if _, taken := things[op.Subject.Name]; taken {
			return 400, ""
		}
		old.id = op.Subject.Name
		things[op.Subject.Name] = old
	}
	delete(things, name)
	return 200, ""
}

// tb is what testing.T and rapid.T have in common.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// bench is a Tracker on a real store and an MLflow whose clock the test moves.
type bench struct {
	t      tb
	store  *boltstore.Store
	server *server
	*Tracker
	clock time.Time
}

const alice, bob, carol = uint64(2), uint64(3), uint64(4) // in the order of their creation, behind root

func newBench(t tb, dir string) *bench {
	t.Helper()
	s, err := boltstore.Create(filepath.Join(dir, "store.db"), boltstore.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, store: s, clock: time.Date(2026, 1, 2, 3, 4, 5, 600e6, time.UTC)}
	now := func() time.Time { return b.clock }
	b.server = &server{now: now, nextID: 6, things: map[authz.Kind]map[string]thing{authz.Experiment: {}, authz.RegisteredModel: {}, authz.GatewaySecret: {}}}
	b.Tracker = New(s, b.server, now, slog.New(slog.NewTextHandler(io.Discard, nil)))
	for i, name := range []string{"root", "alice", "bob", "carol"} {
		if u, err := s.CreateUser(context.Background(), store.User{Username: name, PasswordHash: "x", Admin: i == 0}); err != nil || u.ID != uint64(i+1) {
			t.Fatalf("user %s has id %d: %v", name, u.ID, err)
		}
	}
	return b
}

func start(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, t.TempDir())
	t.Cleanup(func() {
		if err := b.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func experiment(name string) authz.Operation {
	return operation(authz.Creates, authz.InDefault(authz.Experiment, ""), name)
}

// secret creates one, whose id MLflow makes up as it does an experiment's.
func secret(name string) authz.Operation {
	return operation(authz.Creates, authz.InDefault(authz.GatewaySecret, ""), name)
}

func model(name string) authz.Operation { return operation(authz.Creates, named(name), "") }

// prompt creates one.
func prompt(name string) authz.Operation {
	return operation(authz.Creates, authz.InDefault(authz.Prompt, name), "")
}

func rename(from, to string) authz.Operation { return operation(authz.Renames, named(from), to) }

func remove(name string) authz.Operation { return operation(authz.Deletes, named(name), "") }

func named(name string) authz.Resource { return authz.InDefault(authz.RegisteredModel, name) }

func operation(response authz.Response, r authz.Resource, name string) authz.Operation {
	return authz.Operation{Name: string(response), Access: authz.AccessAuthenticated, Response: response, Subject: authz.Subject{Resource: r, Name: name}}
}

// call is one request on its way.
type call struct {
	user   uint64
	op     authz.Operation
	intent string
}

func (b *bench) begin(user uint64, op authz.Operation) call {
	b.t.Helper()
	id, err := b.Begin(context.Background(), authz.Principal{UserID: user}, op)
	if err != nil {
		b.t.Fatalf("%s by %d: %v", op.Name, user, err)
	}
	return call{user, op, id}
}

// refused begins what must be refused.
func (b *bench) refused(user uint64, op authz.Operation, want authz.Reason) {
	b.t.Helper()
	id, err := b.Begin(context.Background(), authz.Principal{UserID: user}, op)
	var r *authz.Refusal
	if id != "" || !errors.As(err, &r) || r.Reason != want {
		b.t.Errorf("%s by %d: %q, %v; want %s", op.Name, user, id, err, want)
	}
}

func (b *bench) settle(c call, status int, created string) {
	b.t.Helper()
	err := b.Settle(context.Background(), Outcome{
		IntentID: c.intent, Response: c.op.Response, UserID: c.user, Subject: c.op.Subject, Status: status, Created: created,
	})
	if err != nil {
		b.t.Errorf("settling %s by %d: %v", c.op.Name, c.user, err)
	}
}

// lost lets a request through and loses its response.
func (b *bench) lost(user uint64, op authz.Operation) {
	b.t.Helper()
	c := b.begin(user, op)
	b.server.do(c.user, c.op)
}

// whole is a request whose response comes back.
func (b *bench) whole(user uint64, op authz.Operation) (status int) {
	b.t.Helper()
	c := b.begin(user, op)
	status, created := b.server.do(c.user, c.op)
	b.settle(c, status, created)
	return status
}

// after moves the clock and lets the Tracker do what is due then.
func (b *bench) after(d time.Duration) {
	b.clock = b.clock.Add(d)
	b.settleDue(context.Background())
}

func (b *bench) give(user uint64, r authz.Resource, p authz.Permission) {
	b.t.Helper()
	if err := b.store.CreateGrant(context.Background(), store.Grant{Holder: user, Resource: r, Permission: p}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) grants(r authz.Resource) map[uint64]authz.Permission {
	b.t.Helper()
	all := map[uint64]authz.Permission{}
	for g, err := range b.store.GrantsOn(context.Background(), r) {
		if err != nil {
			b.t.Fatal(err)
		}
		all[g.Holder] = g.Permission
	}
	return all
}

// owned compares the grants on a resource: nobody but owner has one, and owner has MANAGE; owner 0 is nobody at all.
func (b *bench) owned(r authz.Resource, owner uint64) {
	b.t.Helper()
	want := map[uint64]authz.Permission{}
	if owner != 0 {
		want[owner] = authz.Manage
	}
	if got := b.grants(r); !maps.Equal(got, want) {
		b.t.Errorf("grants on %s: %v, want %v", r, got, want)
	}
}

func (b *bench) open(want int) {
	b.t.Helper()
	if all, err := b.store.Intents(context.Background()); err != nil || len(all) != want {
		b.t.Errorf("%d intents are open (%v), want %d: %+v", len(all), err, want, all)
	}
}
