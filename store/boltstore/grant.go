package boltstore

import (
	"bytes"
	"context"
	"iter"

	"extauthz/authz"
	"extauthz/store"
)

// Permission looks in both buckets. They must agree, on finding nothing too.
func (s *Store) Permission(ctx context.Context, userID uint64, r authz.Resource) (authz.Permission, error) {
	key := grantAt{s.memo.generation.Load(), userID, r}
	if p, ok := s.memo.grants.GetIfPresent(key); ok {
		return p, ctx.Err()
	}
	p, err := s.readPermission(ctx, userID, r)
	if err == nil {
		s.memo.grants.Set(key.own(), p)
	}
	return p, err
}

func (s *Store) readPermission(ctx context.Context, userID uint64, r authz.Resource) (p authz.Permission, err error) {
	defer rescue(faultsPanic(), &err)
	v, err := s.begin(ctx)
	if err != nil {
		return authz.NoGrant, err
	}
	defer v.end()
	return v.permission(userID, r), nil
}

func (v *snapshot) permission(userID uint64, r authz.Resource) authz.Permission {
	var buffer keyBuffer
	byUser, found := v.get(grantsBucket, grantKey(buffer[:0], userID, r))
	byResource, foundToo := v.get(grantsOnBucket, grantOnKey(buffer[:0], r, userID))
	if found != foundToo || !bytes.Equal(byUser, byResource) {
		panic(damage("the two records of a grant disagree"))
	}
	if !found {
		return authz.NoGrant
	}
	return decodePermission(byUser)
}

// GrantsOf yields the user's grants ordered by resource, shorter names first.
func (s *Store) GrantsOf(ctx context.Context, userID uint64) iter.Seq2[store.Grant, error] {
	return pages(ctx, s, grantsBucket, appendID(nil, userID), grantOfKey)
}

// GrantsOn yields the grants of all users on exactly r, ordered by user id.
func (s *Store) GrantsOn(ctx context.Context, r authz.Resource) iter.Seq2[store.Grant, error] {
	return pages(ctx, s, grantsOnBucket, appendResource(nil, r), grantOnKeyed)
}

func grantOfKey(key, payload []byte) store.Grant {
	userID, r := parseGrantKey(key)
	return store.Grant{Holder: userID, Resource: r, Permission: decodePermission(payload)}
}

func grantOnKeyed(key, payload []byte) store.Grant {
	r, userID := parseGrantOnKey(key)
	return store.Grant{Holder: userID, Resource: r, Permission: decodePermission(payload)}
}
