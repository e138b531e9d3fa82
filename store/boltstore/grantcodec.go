package boltstore

import (
	"encoding/binary"

	"extauthz/authz"
	"extauthz/store"
)

// encodeGrant writes the same payload into both buckets. The revision makes an old copy differ from the record that replaced it.
func encodeGrant(p authz.Permission, revision, id uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint([]byte{byte(p)}, revision), id)
}

func decodePermission(payload []byte) authz.Permission {
	p := authz.Permission(payload[0])
	if p < authz.Deny || p > authz.Manage {
		panic(damage("a grant gives an unknown permission"))
	}
	return p
}

// decodeGrantID is 0 for a grant of schema 1.
func decodeGrantID(payload []byte) (id uint64) {
	d := decoder{payload[1:]}
	d.uvarint() // the revision
	if len(d.rest) > 0 {
		id = d.uvarint()
	}
	mustBeEmpty(d.rest)
	return id
}

func grantOfKey(key, payload []byte) store.Grant {
	holder, r := parseGrantKey(key)
	return store.Grant{ID: decodeGrantID(payload), Holder: holder, Resource: r, Permission: decodePermission(payload)}
}

func grantOnKeyed(key, payload []byte) store.Grant {
	r, holder := parseGrantOnKey(key)
	return store.Grant{ID: decodeGrantID(payload), Holder: holder, Resource: r, Permission: decodePermission(payload)}
}
