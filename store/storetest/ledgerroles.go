package storetest

import (
	"context"

	"extauthz/store"
)

func (l *ledger) RenameUser(ctx context.Context, from, to string) (store.User, error) {
	u, err := l.Store.RenameUser(ctx, from, to)
	if from == to {
		return u, err
	}
	return u, l.count(err)
}

func (l *ledger) CreateRole(ctx context.Context, r store.Role) (store.Role, error) {
	r, err := l.Store.CreateRole(ctx, r)
	return r, l.count(err)
}

func (l *ledger) UpdateRole(ctx context.Context, id uint64, change func(*store.Role) error) (store.Role, error) {
	r, err := l.Store.UpdateRole(ctx, id, change)
	return r, l.count(err)
}

func (l *ledger) DeleteRole(ctx context.Context, id uint64) error {
	return l.count(l.Store.DeleteRole(ctx, id))
}

func (l *ledger) Assign(ctx context.Context, user, role uint64) (store.Assignment, error) {
	a, err := l.Store.Assign(ctx, user, role)
	return a, l.count(err)
}

func (l *ledger) Unassign(ctx context.Context, user, role uint64) error {
	return l.count(l.Store.Unassign(ctx, user, role))
}

func (l *ledger) CreateCredential(ctx context.Context, c store.Credential) (store.Credential, error) {
	c, err := l.Store.CreateCredential(ctx, c)
	return c, l.count(err)
}

func (l *ledger) DeleteCredential(ctx context.Context, user, id uint64) error {
	return l.count(l.Store.DeleteCredential(ctx, user, id))
}

func (l *ledger) AppendAudit(ctx context.Context, records ...store.Audit) error {
	err := l.Store.AppendAudit(ctx, records...)
	if err == nil {
		l.records.Add(int64(len(records)))
	}
	return err
}

// Import makes a record for each change: one write has any number of them.
func (l *ledger) Import(ctx context.Context, in store.Snapshot) error {
	before, writes := l.onRecord(ctx), l.writes.Load()
	err := l.countIfWritten(ctx, func() error { return l.Store.Import(ctx, in) })
	l.records.Add(l.onRecord(ctx) - before - int64(l.writes.Load()-writes))
	return err
}

func (l *ledger) onRecord(ctx context.Context) (n int64) {
	for range l.AuditLog(ctx, store.AuditQuery{}) {
		n++
	}
	return n
}
