package authz

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// TestExplainDecidesAsAuthorizeDoes, says from what, and changes nothing.
func TestExplainDecidesAsAuthorizeDoes(t *testing.T) {
	for _, c := range []struct {
		name    string
		op      Operation
		p       Principal
		suppose []Held
		effect  Effect
		reason  Reason
	}{
		{"granted", granted(read7), alice, nil, Allowed, Granted},
		{"not granted", granted(update8), alice, nil, Denied, PermissionDenied},
		{"an admin", granted(update8), root, nil, Allowed, IsAdmin},
		{"it would change if a grant were added", granted(update8), alice, []Held{{Holder: 1, Resource: InDefault(Experiment, "8"), Permission: Edit}}, Allowed, Granted},
		{"or to a role", granted(update8), Principal{UserID: 1, Roles: []uint64{5}}, []Held{{Holder: 5, Resource: InDefault(Experiment, AnyID), Permission: Manage}}, Allowed, Granted},
		{"or if one were taken away", granted(read7), alice, []Held{{Holder: 1, Resource: InDefault(Experiment, "7"), Permission: NoGrant}}, Denied, PermissionDenied},
		{"a role that the user does not have", granted(update8), alice, []Held{{Holder: 5, Resource: InDefault(Experiment, "8"), Permission: Edit}}, Denied, PermissionDenied},
		{"a create", op(AccessAuthenticated, Creates), alice, nil, Allowed, Authenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &world{op: c.op, authErr: errors.New("nobody is asked for a credential")}
			a := Authorizer{Authenticator: w, Mapper: w, Resolver: w, Grants: readers, Intents: w, PageTokens: w, Default: NoPermissions}
			for _, e := range []Explanation{
				a.Explain(t.Context(), c.p, Request{Method: "POST"}, c.suppose), a.ExplainOperation(t.Context(), c.p, Request{Method: "POST"}, c.op, c.suppose),
			} {
				if e.Decision.Effect != c.effect || e.Decision.Reason != c.reason || !e.Decision.Mapped {
					t.Errorf("%+v", e.Decision)
				}
			}
			if slices.Contains(w.calls, "begin") || slices.Contains(w.calls, "authenticate") {
				t.Errorf("an explanation called %v", w.calls)
			}
		})
	}
}

// TestExplanationNamesItsEvidence: each look-up, and each grant that was met, once.
func TestExplanationNamesItsEvidence(t *testing.T) {
	w := &world{op: granted(update8)}
	a := Authorizer{Mapper: w, Resolver: w, Grants: readers, PageTokens: w}
	e := a.Explain(t.Context(), alice, Request{Method: "POST"}, []Held{{Holder: 1, Resource: InDefault(Experiment, "8"), Permission: Edit}})
	if len(e.Found) != 2 || e.Found[0].Ref.ID != "7" || e.Found[1].Resolution.Resources[0] != InDefault(Experiment, "8") {
		t.Errorf("%+v", e.Found)
	}
	want := []Held{
		{1, InDefault(Experiment, "7"), Read, false},
		{1, InDefault(Experiment, "8"), Edit, true},
	}
	for _, h := range want {
		if !slices.Contains(e.Held, h) {
			t.Errorf("%+v is missing in %+v", h, e.Held)
		}
	}
	failing := &world{op: granted(read7), refErr: Refuse(UnknownResource, "no such run")}
	a.Mapper, a.Resolver = failing, failing
	if e := a.Explain(t.Context(), alice, Request{}, nil); len(e.Found) != 1 || e.Found[0].Err == nil || e.Decision.Reason != UnknownResource {
		t.Errorf("%+v", e)
	}
}

// TestReportOnly: what would be denied is let through and noted; what is not reported stays denied.
func TestReportOnly(t *testing.T) {
	everything := func(Operation) bool { return true }
	nothing := func(Operation) bool { return false }
	nobody := Refuse(Unauthenticated, "who are you?")
	for _, c := range []struct {
		name      string
		w         world
		report    func(Operation) bool
		effect    Effect
		refused   Reason
		untouched bool
	}{
		{"enforced", world{principal: alice, op: granted(update8)}, nil, Denied, "", false},
		{"not this operation", world{principal: alice, op: granted(update8)}, nothing, Denied, "", false},
		{"denied", world{principal: alice, op: granted(update8)}, everything, Allowed, PermissionDenied, true},
		{"granted", world{principal: alice, op: granted(read7)}, everything, Allowed, "", true},
		{"nobody", world{authErr: nobody, op: granted(read7)}, everything, Allowed, Unauthenticated, true},
		{"nobody, another operation", world{authErr: nobody, op: granted(read7)}, func(op Operation) bool { return op.Name == "Other" }, Denied, "", false},
		{"a list comes unfiltered", world{principal: alice, op: op(AccessAuthenticated, Filters)}, everything, Allowed, "", true},
		{"a new route", world{principal: alice, mapErr: Refuse(UnmappedRoute, "x")}, everything, Allowed, UnmappedRoute, true},
		{"a body that is ambiguous", world{principal: alice, op: granted(read7), mapErr: Refuse(AmbiguousBody, "x")}, everything, Allowed, AmbiguousBody, true},
		{"a path that could be the assistant's", world{principal: alice, mapErr: Refuse(AmbiguousPath, "x")}, everything, Denied, "", false},
		{"the assistant", world{principal: root, op: op(AccessNobody, "")}, everything, Denied, "", false},
		{"the assistant, and nobody", world{authErr: nobody, op: op(AccessNobody, "")}, everything, Denied, "", false},
		{"our own endpoint, and nobody", world{authErr: nobody, op: op(AccessAuthAPI, "")}, everything, Denied, "", false},
		{"the store is down", world{authErr: &Refusal{Reason: StoreFailed}, op: granted(read7)}, everything, Allowed, StoreFailed, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &c.w
			a := Authorizer{Authenticator: w, Mapper: w, Resolver: w, Grants: readers, Intents: w, PageTokens: w, Default: NoPermissions, Report: c.report}
			d := a.Authorize(context.Background(), Request{Proxy: Proxy{FiltersResponse: true}})
			if d.Effect != c.effect || d.Refused != c.refused || c.effect == Allowed && d.Untouched != c.untouched {
				t.Errorf("%+v", d)
			}
			if d.Refused != "" && (d.Reason != ReportedOnly || d.Reason.Status() != 200) {
				t.Errorf("let through for the reason %s", d.Reason)
			}
		})
	}
}
