package boltstore

import (
	"encoding/binary"

	"extauthz/authz"
)

// A scope is its version, flags, and ceilings: kind, workspace, id, permission. Version 0 is no scope at all and has nothing after it; a
// version that this build does not know is damage, since half a scope would allow more.
const (
	noScope = iota
	scopeVersion1
)

const readOnlyFlag = 1

func appendScope(b []byte, s *authz.Scope) []byte {
	if s == nil {
		return append(b, noScope)
	}
	b = append(b, scopeVersion1, byte(one(s.ReadOnly)*readOnlyFlag))
	b = binary.AppendUvarint(b, uint64(len(s.Ceilings)))
	for _, c := range s.Ceilings {
		b = appendText(appendText(appendText(b, string(c.Resource.Kind)), c.Resource.Workspace), c.Resource.ID)
		b = append(b, byte(c.Permission))
	}
	return b
}

func (d *decoder) scope() *authz.Scope {
	switch d.byte() {
	case noScope:
		return nil
	case scopeVersion1:
		flags := d.byte()
		if flags > readOnlyFlag {
			panic(damage("a scope has an unknown flag"))
		}
		s := &authz.Scope{ReadOnly: flags == readOnlyFlag}
		for range d.uvarint() {
			s.Ceilings = append(s.Ceilings, d.ceiling())
		}
		return s
	default:
		panic(damage("a scope has an unknown version"))
	}
}

func (d *decoder) ceiling() (c authz.Ceiling) {
	c.Resource = authz.Resource{Kind: authz.Kind(d.text()), Workspace: d.text(), ID: d.text()}
	c.Permission = decodePermission(d.rest)
	d.byte()
	return c
}
