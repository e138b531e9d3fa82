package boltstore

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"extauthz/authz"
)

func TestAScopeIsReadBackAsWritten(t *testing.T) {
	for _, want := range []*authz.Scope{
		nil,
		{},
		{ReadOnly: true},
		{ReadOnly: true, Ceilings: []authz.Ceiling{{Resource: authz.InDefault(authz.Experiment, "*"), Permission: authz.Deny}}},
	} {
		d := decoder{append(appendScope(nil, want), "rest"...)}
		if diff := cmp.Diff(want, d.scope()); diff != "" || string(d.rest) != "rest" {
			t.Errorf("(-want +got):\n%s, then %q", diff, d.rest)
		}
	}
}

// TestAScopeThatIsCutShortOrOfAnotherVersionIsDamage: less of a scope would allow more.
func TestAScopeThatIsCutShortOrOfAnotherVersionIsDamage(t *testing.T) {
	whole := appendScope(nil, &authz.Scope{Ceilings: []authz.Ceiling{{Resource: authz.InDefault(authz.Experiment, "7"), Permission: authz.Read}}})
	bad := [][]byte{{scopeVersion1 + 1, 0, 0}, {scopeVersion1, readOnlyFlag << 1, 0}}
	for n := range whole {
		bad = append(bad, whole[:n])
	}
	unknown := append([]byte{}, whole...)
	unknown[len(unknown)-1] = byte(authz.Manage) + 1
	for _, b := range append(bad, unknown) {
		func() {
			defer func() { _ = recover() }()
			d := decoder{b}
			t.Errorf("%q is read as %+v", b, d.scope())
		}()
	}
}
