package boltstore

import (
	"context"
	"slices"
	"strings"

	"extauthz/store"
)

// AccountByName reads the user, since a bent pointer could show an old copy with an old password the record under its id as well, and the
// roles.
func (s *Store) AccountByName(ctx context.Context, username string) (store.Account, error) {
	key := accountAt{generation: s.memo.generation.Load(), username: username}
	if a, ok := s.memo.accounts.GetIfPresent(key); ok {
		return a, ctx.Err()
	}
	a, err := read(ctx, s, func(v *snapshot) (store.Account, error) { return found(v.accountNamed(username)) })
	if err == nil {
		key.username = strings.Clone(username)
		s.memo.accounts.Set(key, a)
	}
	return a, err
}

// AccountByID is AccountByName by the id.
func (s *Store) AccountByID(ctx context.Context, userID uint64) (store.Account, error) {
	key := accountAt{generation: s.memo.generation.Load(), id: userID}
	if a, ok := s.memo.accounts.GetIfPresent(key); ok {
		return a, ctx.Err()
	}
	a, err := read(ctx, s, func(v *snapshot) (store.Account, error) { return found(v.accountOf(userID)) })
	if err == nil {
		s.memo.accounts.Set(key, a)
	}
	return a, err
}

// AccountByKey reads the credential and its user's account.
func (s *Store) AccountByKey(ctx context.Context, kind store.CredentialKind, key []byte) (store.Account, store.Credential, error) {
	at := keyAt{generation: s.memo.generation.Load(), kind: kind, size: len(key)}
	short := copy(at.key[:], key) == len(key)
	if short {
		if k, ok := s.memo.keys.GetIfPresent(at); ok {
			return k.account, k.credential, ctx.Err()
		}
	}
	k, err := read(ctx, s, func(v *snapshot) (keyed, error) { return found(v.keyed(kind, key)) })
	if err == nil && short {
		at.kind = k.credential.Kind
		s.memo.keys.Set(at, k)
	}
	return k.account, k.credential, err
}

func found[T any](item T, ok bool) (T, error) {
	if !ok {
		return item, store.ErrNotFound
	}
	return item, nil
}

func (v *snapshot) accountNamed(username string) (store.Account, bool) {
	u, ok := v.user(username)
	return v.account(u), ok
}

func (v *snapshot) accountOf(id uint64) (store.Account, bool) {
	u, ok := v.userOf(id)
	return v.account(u), ok
}

func (v *snapshot) keyed(kind store.CredentialKind, key []byte) (k keyed, ok bool) {
	if k.credential, ok = v.credentialKeyed(kind, key); !ok {
		return keyed{}, false
	}
	if k.account, ok = v.accountOf(k.credential.UserID); !ok {
		panic(damage("a credential of a user who does not exist"))
	}
	return k, true
}

func (v *snapshot) account(u userRecord) store.Account {
	a := store.Account{User: u.User}
	for _, held := range u.roles {
		r, ok := v.role(held.role)
		if !ok {
			panic(damage("a user has a role that does not exist"))
		}
		a.Roles = append(a.Roles, r)
	}
	a.Roles = slices.Clip(a.Roles) // shared: who appends to it gets a copy
	return a
}
