package boltstore

import (
	"encoding/binary"
	"strings"

	"extauthz/authz"
)

// A name in a key ends with 00 01, and a NUL inside it is written 00 ff. So no name's encoding is a prefix of another's, sequences of names
// cannot be confused ("a","b\x00c" and "a\x00b","c" differ), and bytes.Compare orders keys as their names. A length before each name would
// also be unambiguous, but would sort short names first.
const (
	nul        = 0x00
	escapedNul = 0xff
	endOfName  = 0x01
)

// keyBuffer is enough for the usual key, so that encoding one allocates nothing. append moves longer ones to the heap.
type keyBuffer [256]byte

func appendName(key []byte, name string) []byte {
	for {
		before, after, found := strings.Cut(name, "\x00")
		key = append(key, before...)
		if !found {
			return append(key, nul, endOfName)
		}
		key = append(key, nul, escapedNul)
		name = after
	}
}

// cutName takes one name off the front of key.
func cutName(key []byte) (name string, rest []byte) {
	var b strings.Builder
	for i := 0; i < len(key); i++ {
		if key[i] != nul {
			b.WriteByte(key[i])
			continue
		}
		switch i++; key[i] {
		case endOfName:
			return b.String(), key[i+1:]
		case escapedNul:
			b.WriteByte(nul)
		default:
			panic(damage("a name in a key is badly escaped"))
		}
	}
	panic(damage("a name in a key has no end"))
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

// grantKey orders grants by user, kind, workspace, id.
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
