package boltstore

import (
	"bytes"
	"encoding/binary"
	"time"

	"extauthz/store"
)

// encodeCredential leaves out when it was last used, which has a record of its own.
func encodeCredential(c store.Credential, revision uint64) []byte {
	b := binary.AppendUvarint(nil, revision)
	for _, text := range []string{string(c.Kind), c.Name, string(c.Key), string(c.Sealed)} {
		b = appendText(b, text)
	}
	return appendTime(appendTime(appendScope(b, c.Scope), c.CreatedAt), c.ExpiresAt)
}

func decodeCredential(key, payload []byte) (c store.Credential, revision uint64) {
	c.UserID, c.ID = binary.BigEndian.Uint64(key), binary.BigEndian.Uint64(key[8:])
	d := decoder{payload}
	revision = d.uvarint()
	c.Kind, c.Name = kindOf(d.bytes()), d.text()
	c.Key = bytes.Clone(d.bytes())
	if sealed := d.bytes(); len(sealed) > 0 {
		c.Sealed = bytes.Clone(sealed)
	}
	c.Scope = d.scope()
	c.CreatedAt, c.ExpiresAt = d.time(), d.time()
	mustBeEmpty(d.rest)
	return c, revision
}

func kindOf(name []byte) store.CredentialKind {
	for _, kind := range []store.CredentialKind{store.Token, store.AccessKey} {
		if string(name) == string(kind) {
			return kind
		}
	}
	panic(damage("a credential of an unknown kind"))
}

func credentialKey(key []byte, user, id uint64) []byte { return appendID(appendID(key, user), id) }

// keyKey is the key under which a credential's own key is found.
func keyKey(to []byte, kind store.CredentialKind, key []byte) []byte {
	return append(appendName(to, string(kind)), key...)
}

func encodeKeyed(c store.Credential, revision uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(binary.AppendUvarint(nil, revision), c.UserID), c.ID)
}

func decodeKeyed(payload []byte) (user, id, revision uint64) {
	d := decoder{payload}
	revision, user, id = d.uvarint(), d.uvarint(), d.uvarint()
	mustBeEmpty(d.rest)
	return user, id, revision
}

func encodeUse(user uint64, at time.Time) []byte {
	return appendTime(binary.AppendUvarint(nil, user), at)
}

func decodeUse(payload []byte) (user uint64, at time.Time) {
	d := decoder{payload}
	user, at = d.uvarint(), d.time()
	mustBeEmpty(d.rest)
	return user, at
}
