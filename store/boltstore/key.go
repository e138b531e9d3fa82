package boltstore

import (
	"encoding/binary"

	"extauthz/authz"
)

// keyBuffer is enough for the usual key, so that encoding one allocates nothing. append moves longer ones to the heap.
type keyBuffer [256]byte

// appendName writes a name with its length before it, two bytes, so that no sequence of names can be taken for another: names hold any
// byte, NUL included. store.MaxName keeps the length in range.
func appendName(key []byte, name string) []byte {
	return append(binary.BigEndian.AppendUint16(key, uint16(len(name))), name...)
}

// cutName takes one name off the front of key. A length beyond the key is damage, which reading past its end reports.
func cutName(key []byte) (name string, rest []byte) {
	end := 2 + int(binary.BigEndian.Uint16(key))
	return string(key[2:end]), key[end:]
}

func appendID(key []byte, id uint64) []byte { return binary.BigEndian.AppendUint64(key, id) }

func appendResource(key []byte, r authz.Resource) []byte {
	return appendName(appendName(appendName(key, string(r.Kind)), r.Workspace), r.ID)
}

func cutResource(key []byte) (r authz.Resource, rest []byte) {
	var kind string
	kind, rest = cutName(key)
	r.Kind = authz.Kind(kind)
	r.Workspace, rest = cutName(rest)
	r.ID, rest = cutName(rest)
	return r, rest
}

// grantKey orders grants by user, then resource.
func grantKey(key []byte, userID uint64, r authz.Resource) []byte {
	return appendResource(appendID(key, userID), r)
}

// grantOnKey orders grants by resource, user.
func grantOnKey(key []byte, r authz.Resource, userID uint64) []byte {
	return appendID(appendResource(key, r), userID)
}

func parseGrantKey(key []byte) (userID uint64, r authz.Resource) {
	r, rest := cutResource(key[8:])
	mustBeEmpty(rest)
	return binary.BigEndian.Uint64(key), r
}

func parseGrantOnKey(key []byte) (r authz.Resource, userID uint64) {
	r, rest := cutResource(key)
	mustBeEmpty(rest[8:])
	return r, binary.BigEndian.Uint64(rest)
}

func mustBeEmpty(rest []byte) {
	if len(rest) != 0 {
		panic(damage("a record is longer than what it holds"))
	}
}
