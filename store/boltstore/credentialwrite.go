package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"extauthz/store"
)

// CreateCredential assigns the next id.
func (s *Store) CreateCredential(ctx context.Context, c store.Credential) (store.Credential, error) {
	if err := c.Validate(); err != nil {
		return store.Credential{}, err
	}
	c.Key, c.Sealed = bytes.Clone(c.Key), bytes.Clone(c.Sealed)
	return written(s.write(ctx, func(w *writer) error { return w.createCredential(&c) }), &c)
}

func (w *writer) createCredential(c *store.Credential) error {
	u, ok := w.userOf(c.UserID)
	if !ok {
		return store.ErrNotFound
	}
	if _, taken := w.credentialNamed(u.ID, c.Name); taken {
		return fmt.Errorf("%w: a credential of that name", store.ErrExists)
	}
	if _, taken := w.credentialKeyed(c.Kind, c.Key); taken {
		return fmt.Errorf("%w: a credential with that key", store.ErrExists)
	}
	w.state.lastCredential++
	w.state.credentials++
	c.ID, c.LastUsedAt = w.state.lastCredential, time.Time{}
	c.CreatedAt, c.ExpiresAt = c.CreatedAt.UTC(), c.ExpiresAt.UTC()
	w.put(credentialsBucket, credentialKey(nil, c.UserID, c.ID), encodeCredential(*c, w.state.revision))
	w.put(credentialKeysBucket, keyKey(nil, c.Kind, c.Key), encodeKeyed(*c, w.state.revision))
	w.put(credentialUsesBucket, appendID(nil, c.ID), encodeUse(c.UserID, c.LastUsedAt))
	w.note(store.CredentialCreate, credentialTarget(*c, u.Username), nil, credentialFacts(*c))
	return nil
}

func (v *snapshot) credentialNamed(user uint64, name string) (store.Credential, bool) {
	for _, c := range v.credentialsOf(user) {
		if c.Name == name {
			return c, true
		}
	}
	return store.Credential{}, false
}

// DeleteCredential deletes all that is known of it.
func (s *Store) DeleteCredential(ctx context.Context, userID, id uint64) error {
	return s.write(ctx, func(w *writer) error {
		c, ok := w.credential(userID, id)
		if !ok {
			return store.ErrNotFound
		}
		w.deleteCredential(c)
		return nil
	})
}

func (w *writer) deleteCredential(c store.Credential) {
	w.removeCredential(c)
	w.note(store.CredentialDelete, credentialTarget(c, w.holderTarget(c.UserID)), credentialFacts(c), nil)
}

func (w *writer) removeCredential(c store.Credential) {
	w.state.credentials--
	w.delete(credentialsBucket, credentialKey(nil, c.UserID, c.ID))
	w.delete(credentialKeysBucket, keyKey(nil, c.Kind, c.Key))
	w.delete(credentialUsesBucket, appendID(nil, c.ID))
}

// deleteCredentialsOf deletes what the user has, and lists it.
func (w *writer) deleteCredentialsOf(user uint64) (names []string) {
	for _, c := range w.credentialsOf(user) {
		w.removeCredential(c)
		names = append(names, c.Name)
	}
	return names
}

// Touch moves times forward. Times of credentials that are gone are ignored.
func (s *Store) Touch(ctx context.Context, used map[uint64]time.Time) error {
	return s.writeAside(ctx, func(w *writer) error {
		changed := false
		for id, at := range used {
			if u, ok := w.use(id); ok && at.After(u.at) {
				w.put(credentialUsesBucket, appendID(nil, id), encodeUse(u.user, at))
				changed = true
			}
		}
		if !changed {
			return errNoWrite
		}
		return nil
	})
}

func credentialTarget(c store.Credential, username string) string {
	return string(c.Kind) + " " + c.Name + " of " + username
}

// credentialFacts leave out the key, a digest's too.
func credentialFacts(c store.Credential) facts {
	f := facts{"id": c.ID, "name": c.Name}
	f.with("expires_at", !c.ExpiresAt.IsZero(), c.ExpiresAt.UTC().Format(time.RFC3339))
	if c.Scope != nil {
		f.with("read_only", c.Scope.ReadOnly, true)
		var ceilings []string
		for _, ceiling := range c.Scope.Ceilings {
			ceilings = append(ceilings, ceiling.Permission.String()+" on "+ceiling.Resource.String())
		}
		f.list("ceilings", ceilings)
	}
	return f.with("scoped", c.Scope != nil, true)
}
