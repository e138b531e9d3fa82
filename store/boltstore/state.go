package boltstore

import (
	"encoding/binary"
	"fmt"

	"extauthz/store"
)

// schema is the layout of everything in the file. The record that holds it keeps its form for ever, so that any build can read it. The
// first had users and grants alone; see upgrade.go.
const schema = 2

func schemaKey() []byte { return []byte("schema") }
func stateKey() []byte  { return []byte("state") }

// state is what every write changes: how many there were, the last ids given out, and how many records there are. Ids are never given out
// twice, so the last one outlives what it was given to.
type state struct {
	revision   uint64
	lastHolder uint64 // of users and roles
	users      uint64
	admins     uint64 // users who govern
	grants     uint64

	// since schema 2
	roles, assignments, credentials, audits               uint64
	lastGrant, lastAssignment, lastCredential, lastRecord uint64
}

// fields are in the order in which they are written.
func (s *state) fields() []*uint64 {
	return []*uint64{
		&s.revision, &s.lastHolder, &s.users, &s.admins, &s.grants,
		&s.roles, &s.assignments, &s.credentials, &s.audits,
		&s.lastGrant, &s.lastAssignment, &s.lastCredential, &s.lastRecord,
	}
}

const fieldsOfSchema1 = 5

func (s *state) encode() (b []byte) {
	for _, n := range s.fields() {
		b = binary.AppendUvarint(b, *n)
	}
	return b
}

func (v *snapshot) state() (s state) {
	payload, ok := v.get(metaBucket, stateKey())
	if !ok {
		panic(damage("the state record is missing"))
	}
	d := decoder{payload}
	for i, n := range s.fields() {
		if i == fieldsOfSchema1 && len(d.rest) == 0 {
			break
		}
		*n = d.uvarint()
	}
	mustBeEmpty(d.rest)
	return s
}

// schema is that of the file: one that this build knows.
func (v *snapshot) schema() (uint64, error) {
	payload, ok := v.get(metaBucket, schemaKey())
	if !ok {
		panic(damage("the schema record is missing"))
	}
	d := decoder{payload}
	n := d.uvarint()
	if n < 1 || n > schema {
		return 0, fmt.Errorf("%w: it has schema %d, this build knows %d; use the build that wrote it", store.ErrSchema, n, schema)
	}
	return n, nil
}
