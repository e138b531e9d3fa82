package storetest

import (
	"context"
	"sync/atomic"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

// ledger is the store under test, counting successful writes. Move and Forget may write nothing, so they ask whether there is something to
// do; tests do not race them with other writes of the same resource.
type ledger struct {
	store.Store
	start  uint64
	writes atomic.Uint64
	// records are the audit records beyond one for each write.
	records atomic.Int64
}

func open(t testing.TB, factory Factory) *ledger {
	t.Helper()
	s := factory(t)
	revision, err := s.Revision(context.Background())
	check(t, err)
	return &ledger{Store: s, start: revision}
}

func (l *ledger) count(err error) error {
	if err == nil {
		l.writes.Add(1)
	}
	return err
}

func (l *ledger) CreateUser(ctx context.Context, u store.User) (store.User, error) {
	u, err := l.Store.CreateUser(ctx, u)
	return u, l.count(err)
}

func (l *ledger) UpdateUser(ctx context.Context, name string, change func(*store.User) error) (store.User, error) {
	u, err := l.Store.UpdateUser(ctx, name, change)
	return u, l.count(err)
}

func (l *ledger) DeleteUser(ctx context.Context, name string) error {
	return l.count(l.Store.DeleteUser(ctx, name))
}

func (l *ledger) CreateGrant(ctx context.Context, g store.Grant) error {
	return l.count(l.Store.CreateGrant(ctx, g))
}

func (l *ledger) UpdateGrant(ctx context.Context, g store.Grant) error {
	return l.count(l.Store.UpdateGrant(ctx, g))
}

func (l *ledger) DeleteGrant(ctx context.Context, id uint64, r authz.Resource) error {
	return l.count(l.Store.DeleteGrant(ctx, id, r))
}

func (l *ledger) SetGrant(ctx context.Context, g store.Grant) (authz.Permission, error) {
	before, err := l.Store.SetGrant(ctx, g)
	if before == g.Permission {
		return before, err
	}
	return before, l.count(err)
}

func (l *ledger) Own(ctx context.Context, r authz.Resource, owner uint64) error {
	return l.count(l.Store.Own(ctx, r, owner))
}

func (l *ledger) Move(ctx context.Context, from, to authz.Resource) error {
	idle := from == to || !l.granted(ctx, from) && !l.granted(ctx, to)
	err := l.Store.Move(ctx, from, to)
	if idle {
		return err
	}
	return l.count(err)
}

func (l *ledger) Forget(ctx context.Context, r authz.Resource) error {
	idle := !l.granted(ctx, r)
	err := l.Store.Forget(ctx, r)
	if idle {
		return err
	}
	return l.count(err)
}

func (l *ledger) ForgetWorkspace(ctx context.Context, workspace string) error {
	return l.countIfWritten(ctx, func() error { return l.Store.ForgetWorkspace(ctx, workspace) })
}

// countIfWritten asks the revision whether there was a write; tests do not race it with other writes.
func (l *ledger) countIfWritten(ctx context.Context, write func() error) error {
	before, err := l.Revision(ctx)
	if err == nil {
		err = write()
	}
	if after, _ := l.Revision(ctx); after == before {
		return err
	}
	return l.count(err)
}

func (l *ledger) granted(ctx context.Context, r authz.Resource) bool {
	for _, namesake := range r.Namesakes() {
		for range l.GrantsOn(ctx, namesake) {
			return true
		}
	}
	return false
}
