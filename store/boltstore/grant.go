package boltstore

import (
	"bytes"
	"context"
	"iter"

	"extauthz/authz"
	"extauthz/store"
)

// Permission looks in both buckets. They must agree, on finding nothing too.
func (s *Store) Permission(ctx context.Context, holder uint64, r authz.Resource) (authz.Permission, error) {
	key := grantAt{s.memo.generation.Load(), holder, r}
	if p, ok := s.memo.grants.GetIfPresent(key); ok {
		return p, ctx.Err()
	}
	p, err := s.readPermission(ctx, holder, r)
	if err == nil {
		s.memo.grants.Set(key.own(), p)
	}
	return p, err
}

func (s *Store) readPermission(ctx context.Context, holder uint64, r authz.Resource) (p authz.Permission, err error) {
	defer rescue(faultsPanic(), &err)
	v, err := s.begin(ctx)
	if err != nil {
		return authz.NoGrant, err
	}
	defer v.end()
	return v.permission(holder, r), nil
}

func (v *snapshot) permission(holder uint64, r authz.Resource) authz.Permission {
	payload, ok := v.grantPayload(holder, r)
	if !ok {
		return authz.NoGrant
	}
	return decodePermission(payload)
}

func (v *snapshot) grantPayload(holder uint64, r authz.Resource) ([]byte, bool) {
	var buffer keyBuffer
	byHolder, found := v.get(grantsBucket, grantKey(buffer[:0], holder, r))
	byResource, foundToo := v.get(grantsOnBucket, grantOnKey(buffer[:0], r, holder))
	if found != foundToo || !bytes.Equal(byHolder, byResource) {
		panic(damage("the two records of a grant disagree"))
	}
	return byHolder, found
}

// grant is the whole grant; ok is false when there is none.
func (v *snapshot) grant(holder uint64, r authz.Resource) (g store.Grant, ok bool) {
	payload, ok := v.grantPayload(holder, r)
	if !ok {
		return store.Grant{}, false
	}
	return store.Grant{ID: decodeGrantID(payload), Holder: holder, Resource: r, Permission: decodePermission(payload)}, true
}

// GrantAt returns the whole grant of the holder on exactly r.
func (s *Store) GrantAt(ctx context.Context, holder uint64, r authz.Resource) (store.Grant, error) {
	return read(ctx, s, func(v *snapshot) (store.Grant, error) { return found(v.grant(holder, r)) })
}

// GrantByID goes by the index of ids, which must lead to a grant that bears the id.
func (s *Store) GrantByID(ctx context.Context, id uint64) (store.Grant, error) {
	return read(ctx, s, func(v *snapshot) (store.Grant, error) { return found(v.grantNumbered(id)) })
}

func (v *snapshot) grantNumbered(id uint64) (store.Grant, bool) {
	var buffer keyBuffer
	payload, ok := v.get(grantIDsBucket, appendID(buffer[:0], id))
	if !ok {
		return store.Grant{}, false
	}
	g, ok := v.grant(parseGrantKey(payload))
	if !ok || g.ID != id {
		panic(damage("the id of a grant leads to another"))
	}
	return g, true
}

// mustBeNumbered is what a grant must be that has an id.
func (v *snapshot) mustBeNumbered(g store.Grant) {
	if g.ID == 0 {
		return
	}
	if numbered, ok := v.grantNumbered(g.ID); !ok || numbered != g {
		panic(damage("a grant is not known by its id"))
	}
}

// GrantsOf yields the holder's grants ordered by resource, shorter names first.
func (s *Store) GrantsOf(ctx context.Context, holder uint64) iter.Seq2[store.Grant, error] {
	return pages(ctx, s, grantsBucket, appendID(nil, holder), grantOfKey)
}

// GrantsOn yields the grants of all holders on exactly r, ordered by holder.
func (s *Store) GrantsOn(ctx context.Context, r authz.Resource) iter.Seq2[store.Grant, error] {
	return pages(ctx, s, grantsOnBucket, appendResource(nil, r), grantOnKeyed)
}
