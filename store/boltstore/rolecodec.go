package boltstore

import (
	"encoding/binary"

	"extauthz/authz"
	"extauthz/store"
)

func encodeRole(r store.Role, revision uint64) []byte {
	b := binary.AppendUvarint([]byte{byte(r.Default)}, revision)
	b = appendTime(b, r.CreatedAt)
	return appendText(appendText(appendText(b, r.Workspace), r.Name), r.Description)
}

// decodeRole leaves the id to the caller, who has it as the key.
func decodeRole(payload []byte) (r store.Role, revision uint64) {
	r.Default = authz.Permission(payload[0])
	if r.Default > authz.Manage {
		panic(damage("a role's default is an unknown permission"))
	}
	d := decoder{payload[1:]}
	revision = d.uvarint()
	r.CreatedAt = d.time()
	r.Workspace, r.Name, r.Description = d.text(), d.text(), d.text()
	mustBeEmpty(d.rest)
	return r, revision
}

func roleNameKey(key []byte, workspace, name string) []byte {
	return appendName(appendName(key, workspace), name)
}

func encodeRoleID(id, revision uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, revision), id)
}

func decodeRoleID(payload []byte) (id, revision uint64) {
	d := decoder{payload}
	revision, id = d.uvarint(), d.uvarint()
	mustBeEmpty(d.rest)
	return id, revision
}

func memberKey(key []byte, role, user uint64) []byte { return appendID(appendID(key, role), user) }

func memberOf(key, payload []byte) store.Assignment {
	d := decoder{payload}
	a := store.Assignment{ID: d.uvarint(), RoleID: binary.BigEndian.Uint64(key), UserID: binary.BigEndian.Uint64(key[8:])}
	mustBeEmpty(d.rest)
	return a
}
