package boltstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"extauthz/store"
)

// Export reads everything in one transaction: on a large and busy store, run it on a backup.
func (s *Store) Export(ctx context.Context) (store.Snapshot, error) {
	return read(ctx, s, func(v *snapshot) (out store.Snapshot, err error) {
		err = v.tour(ctx, collector{&out})
		return out, err
	})
}

// visitor is shown everything that decides, by names, in an order that depends on names alone.
type visitor interface {
	user(store.User)
	role(store.Role)
	assignment(store.NamedAssignment)
	grant(store.NamedGrant)
	credential(store.NamedCredential)
}

// tour shows every user and then every role, each followed by what is theirs.
func (v *snapshot) tour(ctx context.Context, to visitor) error {
	v.scan(usersBucket, nil, func(key, _ []byte) bool {
		u, _ := v.user(string(key))
		to.user(u.User)
		v.tourUser(ctx, u, to)
		return ctx.Err() == nil
	})
	v.scan(roleNamesBucket, nil, func(_, payload []byte) bool {
		id, _ := decodeRoleID(payload)
		r, ok := v.role(id)
		if !ok {
			panic(damage("the name of a role that does not exist"))
		}
		to.role(r)
		v.tourGrants(ctx, r.ID, store.Holder{Role: nameOf(r)}, to)
		return ctx.Err() == nil
	})
	return ctx.Err()
}

func (v *snapshot) tourUser(ctx context.Context, u userRecord, to visitor) {
	roles := v.account(u).Roles
	slices.SortFunc(roles, func(a, b store.Role) int {
		return cmp.Or(cmp.Compare(a.Workspace, b.Workspace), cmp.Compare(a.Name, b.Name))
	})
	for _, r := range roles {
		to.assignment(store.NamedAssignment{Username: u.Username, Role: nameOf(r)})
	}
	v.tourGrants(ctx, u.ID, store.Holder{Username: u.Username}, to)
	credentials := v.credentialsOf(u.ID)
	slices.SortFunc(credentials, func(a, b store.Credential) int { return cmp.Compare(a.Name, b.Name) })
	for _, c := range credentials {
		to.credential(store.NamedCredential{Username: u.Username, Credential: c})
	}
}

func (v *snapshot) tourGrants(ctx context.Context, id uint64, holder store.Holder, to visitor) {
	v.scan(grantsBucket, appendID(nil, id), func(key, payload []byte) bool {
		g := grantOfKey(key, payload)
		_ = v.permission(g.Holder, g.Resource) // panics with damage when the two records disagree
		to.grant(store.NamedGrant{Holder: holder, Resource: g.Resource, Permission: g.Permission})
		return ctx.Err() == nil
	})
}

func nameOf(r store.Role) store.RoleName { return store.RoleName{Workspace: r.Workspace, Name: r.Name} }

// collector puts what it is shown into a snapshot, without ids.
type collector struct{ out *store.Snapshot }

func (c collector) user(u store.User) {
	u.ID = 0
	c.out.Users = append(c.out.Users, u)
}

func (c collector) role(r store.Role) {
	r.ID = 0
	c.out.Roles = append(c.out.Roles, r)
}

func (c collector) assignment(a store.NamedAssignment) {
	c.out.Assignments = append(c.out.Assignments, a)
}
func (c collector) grant(g store.NamedGrant) { c.out.Grants = append(c.out.Grants, g) }

func (c collector) credential(n store.NamedCredential) {
	n.ID, n.UserID, n.LastUsedAt = 0, 0, time.Time{}
	c.out.Credentials = append(c.out.Credentials, n)
}
