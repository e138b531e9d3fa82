package boltstore

import (
	"encoding/binary"
	"fmt"

	"extauthz/store"
)

// schema is the layout of everything in the file. The record that holds it keeps its form for ever, so that any build can read it.
const schema = 1

func schemaKey() []byte { return []byte("schema") }
func stateKey() []byte  { return []byte("state") }

// state is what every write changes: how many there were, the last user id given out, and how many records there are.
type state struct {
	revision uint64
	lastUser uint64 // ids are never given out twice, so this outlives its user
	users    uint64
	admins   uint64
	grants   uint64
}

func (s state) encode() []byte {
	var b []byte
	for _, n := range [...]uint64{s.revision, s.lastUser, s.users, s.admins, s.grants} {
		b = binary.AppendUvarint(b, n)
	}
	return b
}

func (v *snapshot) state() (s state) {
	payload, ok := v.get(metaBucket, stateKey())
	if !ok {
		panic(damage("the state record is missing"))
	}
	d := decoder{payload}
	for _, n := range [...]*uint64{&s.revision, &s.lastUser, &s.users, &s.admins, &s.grants} {
		*n = d.uvarint()
	}
	mustBeEmpty(d.rest)
	return s
}

func (v *snapshot) checkSchema() error {
	payload, ok := v.get(metaBucket, schemaKey())
	if !ok {
		panic(damage("the schema record is missing"))
	}
	d := decoder{payload}
	if n := d.uvarint(); n != schema {
		return fmt.Errorf("%w: it has schema %d, this build knows %d; use the build that wrote it", store.ErrSchema, n, schema)
	}
	return nil
}
