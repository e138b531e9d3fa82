package boltstore

import (
	"bytes"
	"context"
	"iter"
	"time"

	"extauthz/store"
)

// Credentials yields the user's credentials ordered by id.
func (s *Store) Credentials(ctx context.Context, userID uint64) iter.Seq2[store.Credential, error] {
	return listed(ctx, s, func(v *snapshot) []store.Credential { return v.credentialsOf(userID) })
}

// CredentialByKey reads the credential and the record under its key.
func (s *Store) CredentialByKey(ctx context.Context, kind store.CredentialKind, key []byte) (store.Credential, error) {
	return read(ctx, s, func(v *snapshot) (store.Credential, error) { return found(v.credentialKeyed(kind, key)) })
}

func (v *snapshot) credentialKeyed(kind store.CredentialKind, key []byte) (store.Credential, bool) {
	var buffer keyBuffer
	payload, ok := v.get(credentialKeysBucket, keyKey(buffer[:0], kind, key))
	if !ok {
		return store.Credential{}, false
	}
	user, id, _ := decodeKeyed(payload)
	c, ok := v.credential(user, id)
	if !ok || c.Kind != kind || !bytes.Equal(c.Key, key) {
		panic(damage("the key of a credential that does not exist"))
	}
	return c, true
}

func (v *snapshot) credential(user, id uint64) (store.Credential, bool) {
	var buffer keyBuffer
	key := credentialKey(buffer[:0], user, id)
	payload, ok := v.get(credentialsBucket, key)
	if !ok {
		return store.Credential{}, false
	}
	return v.wholeCredential(key, payload), true
}

func (v *snapshot) credentialsOf(user uint64) (list []store.Credential) {
	v.scan(credentialsBucket, appendID(nil, user), func(key, payload []byte) bool {
		list = append(list, v.wholeCredential(key, payload))
		return true
	})
	return list
}

// wholeCredential compares the credential with the record under its key, written together, and adds when it was last used.
func (v *snapshot) wholeCredential(key, payload []byte) store.Credential {
	var buffer keyBuffer
	c, revision := decodeCredential(key, payload)
	payload, ok := v.get(credentialKeysBucket, keyKey(buffer[:0], c.Kind, c.Key))
	if !ok {
		panic(damage("a credential is not known by its key"))
	}
	if user, id, at := decodeKeyed(payload); user != c.UserID || id != c.ID || at != revision {
		panic(damage("a credential and the record under its key disagree"))
	}
	used, ok := v.use(c.ID)
	if !ok || used.user != c.UserID {
		panic(damage("a credential has no record of its use"))
	}
	c.LastUsedAt = used.at
	return c
}

type use struct {
	user uint64
	at   time.Time
}

func (v *snapshot) use(credential uint64) (u use, ok bool) {
	var buffer keyBuffer
	payload, ok := v.get(credentialUsesBucket, appendID(buffer[:0], credential))
	if !ok {
		return use{}, false
	}
	u.user, u.at = decodeUse(payload)
	return u, true
}
