package authz

import (
	"context"
	"errors"
	"net/http"
	"testing"
)

// TestRoles: what a user's roles hold counts as if it were the user's own; DENY vetoes wherever it stands.
func TestRoles(t *testing.T) {
	seven, all := InDefault(Experiment, "7"), InDefault(Experiment, AnyID)
	for _, c := range []struct {
		name   string
		holds  map[uint64]grants
		roles  []uint64
		def    Permission
		action Action
		met    bool
	}{
		{"a role's grant", map[uint64]grants{2: {seven: Edit}}, []uint64{2}, 0, CanUpdate, true},
		{"a role that the user does not have", map[uint64]grants{2: {seven: Edit}}, []uint64{3}, 0, CanUpdate, false},
		{"a role's pattern", map[uint64]grants{2: {all: Edit}}, []uint64{3, 2}, 0, CanUpdate, true},
		{"the highest of several", map[uint64]grants{1: {seven: Read}, 2: {seven: NoPermissions}, 3: {seven: Manage}}, []uint64{2, 3}, 0, CanDelete, true},
		{"DENY of one role", map[uint64]grants{1: {seven: Manage}, 2: {all: Deny}}, []uint64{2}, 0, CanRead, false},
		{"a role's grant lowers the default", map[uint64]grants{2: {seven: NoPermissions}}, []uint64{2}, 0, CanRead, false},
		{"the workspace's manager by a role", map[uint64]grants{1: {seven: Deny}, 2: {WorkspaceNamed(DefaultWorkspace): Manage}}, []uint64{2}, 0, CanDelete, true},
		{"the default of a role", nil, nil, Edit, CanUpdate, true},
		{"a lower default of a role", nil, nil, NoPermissions, CanRead, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Authorizer{Grants: holders(c.holds), Default: Read}
			check, err := a.Decide(t.Context(), Principal{UserID: 1, Roles: c.roles, Default: c.def}, c.action, seven)
			if err != nil || check.Met != c.met {
				t.Errorf("%+v %v", check, err)
			}
		})
	}
}

// TestAStoreThatFailsForOneRoleDenies: a DENY may stand where it could not be read.
func TestAStoreThatFailsForOneRoleDenies(t *testing.T) {
	a := Authorizer{Grants: holders{1: {InDefault(Experiment, "7"): Manage}}, Default: Read}
	p := Principal{UserID: 1, Roles: []uint64{broken, 2}}
	if c, err := a.Decide(t.Context(), p, CanRead, InDefault(Experiment, "7")); err == nil || c.Met {
		t.Errorf("%+v %v", c, err)
	}
}

// TestScope: a credential's scope lowers what its user may do, an admin too, and raises nothing.
func TestScope(t *testing.T) {
	seven, eight := InDefault(Experiment, "7"), InDefault(Experiment, "8")
	readOnly := &Scope{ReadOnly: true}
	edits7 := &Scope{Ceilings: []Ceiling{{seven, Edit}}}
	reads7 := &Scope{ReadOnly: true, Ceilings: []Ceiling{{seven, Manage}}}
	kind := &Scope{Ceilings: []Ceiling{{InDefault(Experiment, AnyID), Use}, {seven, Manage}}}
	user, admin := Principal{UserID: 1}, Principal{UserID: 1, Admin: true}
	for _, c := range []struct {
		name   string
		who    Principal
		scope  *Scope
		r      Resource
		action Action
		met    bool
	}{
		{"no scope", user, nil, seven, CanManage, true},
		{"read-only reads", user, readOnly, seven, CanRead, true},
		{"read-only edits", user, readOnly, seven, CanUpdate, false},
		{"up to the ceiling", user, edits7, seven, CanUpdate, true},
		{"beyond the ceiling", user, edits7, seven, CanDelete, false},
		{"another resource", user, edits7, eight, CanRead, false},
		{"another kind of the same id", user, edits7, InDefault(RegisteredModel, "7"), CanRead, false},
		{"another workspace", user, edits7, Resource{Experiment, "team", "7"}, CanRead, false},
		{"read-only beats the ceiling", user, reads7, seven, CanUpdate, false},
		{"read-only within the ceiling", user, reads7, seven, CanRead, true},
		{"read-only on another resource", user, reads7, eight, CanRead, false},
		{"the highest ceiling", user, kind, seven, CanManage, true},
		{"a kind's ceiling", user, kind, eight, CanUse, true},
		{"beyond a kind's ceiling", user, kind, eight, CanUpdate, false},
		{"raises nothing", Principal{UserID: 9}, edits7, seven, CanUpdate, false},
		{"an empty scope", user, &Scope{}, seven, CanRead, false},
		{"an admin", admin, nil, eight, CanManage, true},
		{"an admin's read-only", admin, readOnly, eight, CanUpdate, false},
		{"an admin up to the ceiling", admin, edits7, seven, CanUpdate, true},
		{"an admin elsewhere", admin, edits7, eight, CanRead, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.who.Scope = c.scope
			a := Authorizer{Grants: grants{seven: Manage, eight: Manage, InDefault(RegisteredModel, "7"): Manage, {Experiment, "team", "7"}: Manage}, Default: Read}
			check, err := a.Decide(t.Context(), c.who, c.action, c.r)
			if err != nil || check.Met != c.met {
				t.Errorf("%+v %v", check, err)
			}
			exact, err := a.Meets(t.Context(), c.who, Need{Action: c.action, Exact: true}, c.r)
			if err != nil || exact.Met && !check.Met {
				t.Errorf("an exact need: %+v %v", exact, err)
			}
		})
	}
}

// TestScopeOfParts: a grant on all runs does not lead a credential beyond the experiments that it is for.
func TestScopeOfParts(t *testing.T) {
	a := Authorizer{Grants: grants{InDefault(Run, AnyID): Manage, InDefault(Experiment, AnyID): Manage}}
	p := Principal{UserID: 1, Scope: &Scope{Ceilings: []Ceiling{{InDefault(Experiment, "7"), Edit}}}}
	for _, c := range []struct {
		experiment string
		action     Action
		met        bool
	}{{"7", CanUpdate, true}, {"7", CanDelete, false}, {"8", CanRead, false}} {
		check, err := a.Meets(t.Context(), p, Need{Action: c.action, Part: Run}, InDefault(Experiment, c.experiment))
		if err != nil || check.Met != c.met {
			t.Errorf("%+v: %+v %v", c, check, err)
		}
	}
}

// TestARestrictedCredentialMakesNothingNew unless it may do anything with all of that kind; it looks wherever its user does.
func TestARestrictedCredentialMakesNothingNew(t *testing.T) {
	create := Operation{Name: "CreateExperiment", Response: Creates, Subject: Subject{Resource: InDefault(Experiment, "")}}
	for _, c := range []struct {
		scope  *Scope
		method string
		op     Operation
		ok     bool
	}{
		{nil, http.MethodPost, create, true},
		{&Scope{ReadOnly: true}, http.MethodPost, create, false},
		{&Scope{Ceilings: []Ceiling{{InDefault(Experiment, "7"), Manage}}}, http.MethodPost, create, false},
		{&Scope{Ceilings: []Ceiling{{InDefault(RegisteredModel, AnyID), Manage}}}, http.MethodPost, create, false},
		{&Scope{Ceilings: []Ceiling{{InDefault(Experiment, AnyID), Edit}}}, http.MethodPost, create, false},
		{&Scope{Ceilings: []Ceiling{{InDefault(Experiment, AnyID), Manage}}}, http.MethodPost, create, true},
		{&Scope{ReadOnly: true}, http.MethodPost, Operation{Response: Filters}, true},
		{&Scope{ReadOnly: true}, http.MethodGet, Operation{}, true},
		{&Scope{ReadOnly: true}, http.MethodPost, Operation{}, false},
	} {
		err := inScope(Principal{UserID: 1, Scope: c.scope}, c.op, Request{Method: c.method})
		if (err == nil) != c.ok {
			t.Errorf("%+v %s %s: %v", c.scope, c.method, c.op.Name, err)
		}
		if err != nil && asRefusal(err).Reason != OutOfScope {
			t.Error(err)
		}
	}
}

// holders are the grants of several holders; reading those of broken fails.
type holders map[uint64]grants

const broken = 666

func (h holders) Permission(_ context.Context, holder uint64, r Resource) (Permission, error) {
	if holder == broken {
		return NoGrant, errors.New("a damaged record")
	}
	return h[holder][r], nil
}

// TestARestrictedCredentialMakesNothingNewThatNeedsNoMoreThanNoDenial: a need that is met does not stand in for the scope.
func TestARestrictedCredentialMakesNothingNewThatNeedsNoMoreThanNoDenial(t *testing.T) {
	for scope, want := range map[*Scope]Reason{nil: "", {ReadOnly: true}: OutOfScope} {
		a := Authorizer{Resolver: &world{}, Grants: grants{}, Default: Read}
		d := Decision{Mapped: true, Principal: Principal{UserID: 1, Scope: scope}, Operation: Operation{
			Name: "CreateExperiment", Access: AccessAuthenticated, Response: Creates, Subject: Subject{Resource: InDefault(Experiment, "")},
			Needs: []Need{{Action: NotDenied, Ref: Ref{Kind: RefExperiment, ID: "7"}}},
		}}
		_, err := a.authenticated(t.Context(), &d, Request{Method: http.MethodPost})
		if err == nil && want != "" || err != nil && asRefusal(err).Reason != want {
			t.Errorf("%+v: %v", scope, err)
		}
	}
}
