package authz

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
)

// world is every neighbour of an Authorizer, and what each of them says.
type world struct {
	principal Principal
	authErr   error
	op        Operation
	mapErr    error
	resolved  Resource
	refErr    error
	intent    string
	intentErr error
	tokenErr  error
	calls     []string
	during    func(call string)
}

func (w *world) call(name string) {
	w.calls = append(w.calls, name)
	if w.during != nil {
		w.during(name)
	}
}

func (w *world) Public(Request) bool { return w.op.Access == AccessPublic }

func (w *world) Map(Request) (Operation, error) {
	w.call("map")
	return w.op, w.mapErr
}

func (w *world) Authenticate(context.Context, Request) (Principal, error) {
	w.call("authenticate")
	return w.principal, w.authErr
}

func (w *world) Resolve(_ context.Context, ref Ref) (Resolution, error) {
	w.call("resolve")
	if w.resolved != (Resource{}) || w.refErr != nil {
		return Governed(w.resolved), w.refErr
	}
	return Governed(InDefault(Experiment, ref.ID)), nil
}

func (w *world) Begin(context.Context, Principal, Operation) (string, error) {
	w.call("begin")
	return w.intent, w.intentErr
}

func (w *world) Admit(Principal, Operation) error { return w.tokenErr }

func (w *world) authorize(g Grants) Decision {
	a := Authorizer{Authenticator: w, Mapper: w, Resolver: w, Grants: g, Intents: w, PageTokens: w, Default: NoPermissions}
	return a.Authorize(context.Background(), Request{Proxy: Proxy{FiltersResponse: true}})
}

var (
	alice   = Principal{UserID: 1, Username: "alice"}
	root    = Principal{UserID: 2, Username: "root", Admin: true}
	read7   = []Need{{Action: CanRead, Ref: Ref{Kind: RefExperiment, ID: "7"}}}
	update8 = append(read7[:1:1], Need{Action: CanUpdate, Ref: Ref{Kind: RefExperiment, ID: "8"}})
	readers = grants{InDefault(Experiment, "7"): Read, InDefault(Experiment, "8"): Read}
)

func granted(needs []Need) Operation {
	return Operation{Name: "Op", Access: AccessGranted, Needs: needs}
}

func op(access Access, response Response) Operation {
	return Operation{Name: "Op", Access: access, Response: response}
}

// TestAuthorize: one line, one decision. A refusal stands beside the same request of somebody who may.
func TestAuthorize(t *testing.T) {
	ambiguous := Refuse(AmbiguousPath, "x")
	unmapped := Refuse(UnmappedRoute, "x")
	initial := Principal{UserID: 3, MustChangePassword: true}
	initialAdmin := Principal{UserID: 3, MustChangePassword: true, Admin: true}
	nobody := Refuse(Unauthenticated, "x")
	for _, c := range []struct {
		name string
		w    world
		want Reason
	}{
		{"a grant that is enough", world{principal: alice, op: granted(read7)}, Granted},
		{"a grant that is not", world{principal: alice, op: granted(update8)}, PermissionDenied},
		{"another user", world{principal: Principal{UserID: 9}, op: granted(read7)}, PermissionDenied},
		{"an admin without a grant", world{principal: root, op: granted(update8)}, IsAdmin},
		{"nobody", world{authErr: nobody, op: granted(read7)}, Unauthenticated},
		{"nobody, without an error", world{op: granted(read7)}, Internal},
		{"too many attempts", world{authErr: Refuse(Throttled, "x"), op: granted(read7)}, Throttled},
		{"an authenticator that fails", world{principal: alice, authErr: errors.New("x"), op: granted(read7)}, Internal},
		{"a public operation, nobody", world{authErr: nobody, op: op(AccessPublic, "")}, Public},
		{"an ambiguous public operation", world{principal: alice, op: op(AccessPublic, ""), mapErr: ambiguous}, AmbiguousPath},
		{"no row, an ordinary user", world{principal: alice, mapErr: unmapped}, UnmappedRoute},
		{"no row, an admin", world{principal: root, mapErr: unmapped}, IsAdmin},
		{"no row, nobody", world{authErr: nobody, mapErr: unmapped}, Unauthenticated},
		{"ambiguous, an ordinary user", world{principal: alice, mapErr: ambiguous}, AmbiguousPath},
		{"ambiguous, an admin", world{principal: root, mapErr: ambiguous}, AmbiguousPath},
		{"missing parameter, an admin", world{principal: root, op: granted(nil), mapErr: Refuse(InvalidParameter, "x")}, InvalidParameter},
		{"a mapper that fails, an admin", world{principal: root, mapErr: errors.New("x")}, Internal},
		{"a mapper that refuses with a reason to allow", world{principal: root, mapErr: Refuse(IsAdmin, "x")}, Internal},
		{"no operation at all", world{principal: alice}, Internal},
		{"no operation, an admin", world{principal: root}, Internal},
		{"for admins, an ordinary user", world{principal: alice, op: op(AccessAdmin, "")}, AdminOnly},
		{"for admins, an admin", world{principal: root, op: op(AccessAdmin, "")}, IsAdmin},
		{"for nobody, an ordinary user", world{principal: alice, op: op(AccessNobody, "")}, SwitchedOff},
		{"for nobody, an admin", world{principal: root, op: op(AccessNobody, "")}, SwitchedOff},
		{"for anybody", world{principal: alice, op: op(AccessAuthenticated, "")}, Authenticated},
		{"for anybody who meets a need", world{principal: alice, op: Operation{Name: "Op", Access: AccessAuthenticated, Needs: read7}}, Granted},
		{"for anybody, a need not met", world{principal: alice, op: Operation{Name: "Op", Access: AccessAuthenticated, Needs: update8}}, PermissionDenied},
		{"granted, but nothing is needed", world{principal: alice, op: granted(nil)}, Internal},
		{"our own endpoint", world{principal: alice, op: op(AccessAuthAPI, "")}, Delegated},
		{"our own endpoint, nobody", world{authErr: nobody, op: op(AccessAuthAPI, "")}, Unauthenticated},
		{"an access that is none", world{principal: alice, op: Operation{Name: "Op", Access: 99}}, Internal},
		{"default password, own password", world{principal: initial, op: op(AccessOwnPassword, "")}, Delegated},
		{"default password, our own endpoint", world{principal: initial, op: op(AccessAuthAPI, "")}, MustChangePassword},
		{"default password, a granted operation", world{principal: initial, op: granted(read7)}, MustChangePassword},
		{"default password, an admin", world{principal: initialAdmin, op: granted(read7)}, MustChangePassword},
		{"default password, no row, an admin", world{principal: initialAdmin, mapErr: unmapped}, MustChangePassword},
		{"MLflow does not know it", world{principal: alice, op: granted(read7), refErr: Refuse(UnknownResource, "x")}, UnknownResource},
		{"MLflow does not answer", world{principal: alice, op: granted(read7), refErr: Refuse(LookupFailed, "x")}, LookupFailed},
		{"a resolver that fails", world{principal: alice, op: granted(read7), refErr: errors.New("x")}, Internal},
		{"a resolver that names nothing", world{principal: alice, op: granted(read7), resolved: Resource{Kind: Experiment}}, Internal},
		{"a create", world{principal: alice, op: op(AccessAuthenticated, Creates), intent: "i"}, Authenticated},
		{"a create, an admin", world{principal: root, op: op(AccessAuthenticated, Creates), intent: "i"}, IsAdmin},
		{"a create under way", world{principal: alice, op: op(AccessAuthenticated, Creates), intentErr: Refuse(CreateInProgress, "x")}, CreateInProgress},
		{"an intent that cannot be recorded, an admin", world{principal: root, op: op(AccessAuthenticated, Creates), intentErr: errors.New("x")}, Internal},
		{"a list", world{principal: alice, op: op(AccessAuthenticated, Filters)}, Authenticated},
		{"a list with somebody else's page token", world{principal: alice, op: op(AccessAuthenticated, Filters), tokenErr: Refuse(InvalidParameter, "x")}, InvalidParameter},
		{"a list with a page token that is no admin's", world{principal: root, op: op(AccessAuthenticated, Filters), tokenErr: Refuse(InvalidParameter, "x")}, InvalidParameter},
		{"page tokens fail", world{principal: alice, op: op(AccessAuthenticated, Filters), tokenErr: errors.New("x")}, Internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.w.authorize(readers)
			if d.Reason != c.want || (d.Effect == Allowed) != (c.want.Status() == 200) {
				t.Errorf("%s %s (%s, %v), want %s", d.Effect, d.Reason, d.Text, d.Cause, c.want)
			}
			if d.Effect == Denied && d.Text == "" {
				t.Error("a refusal without a text")
			}
			if d.Effect == Allowed && d.IntentID != c.w.intent {
				t.Errorf("the intent is %q", d.IntentID)
			}
		})
	}
}

func TestZeroValuesRefuse(t *testing.T) {
	var d Decision
	if d.Effect == Allowed || d.Effect.String() != "deny" || d.Reason.Status() == 200 {
		t.Errorf("the zero Decision: %+v", d)
	}
	if (Principal{}).Known() {
		t.Error("the zero Principal is somebody")
	}
}

// TestEveryNeedIsChecked: all resources that a request names, in order, until one is refused.
func TestEveryNeedIsChecked(t *testing.T) {
	w := world{principal: alice, op: granted(update8)}
	d := w.authorize(readers)
	if len(d.Checks) != 2 || !d.Checks[0].Met || d.Checks[1].Met {
		t.Errorf("checks: %+v", d.Checks)
	}
	if want := "Permission denied: this needs EDIT on experiment 8."; d.Text != want {
		t.Errorf("%q, want %q", d.Text, want)
	}
	if d := w.authorize(grants{InDefault(Experiment, "7"): Read, InDefault(Experiment, "8"): Edit}); d.Reason != Granted {
		t.Errorf("with both grants: %s", d.Reason)
	}
}

// TestResponsesNeedExtProc: a list or a change whose response the proxy does not hand over is refused, and leaves no intent.
func TestResponsesNeedExtProc(t *testing.T) {
	for _, response := range []Response{Filters, Creates, Renames, Deletes} {
		for _, p := range []Principal{alice, root} {
			w := world{principal: p, op: op(AccessAuthenticated, response), intent: "i"}
			a := Authorizer{Authenticator: &w, Mapper: &w, Resolver: &w, Grants: readers, Intents: &w, PageTokens: &w}
			want := UnfilteredResponse
			if p.Admin && response == Filters {
				want = IsAdmin
			}
			if d := a.Authorize(context.Background(), Request{}); d.Reason != want || slices.Contains(w.calls, "begin") {
				t.Errorf("%s by %s: %s after %v", response, p.Username, d.Reason, w.calls)
			}
			if d := w.authorize(readers); d.Effect != Allowed || slices.Contains(w.calls, "begin") != (response != Filters) {
				t.Errorf("%s by %s, handed over: %s after %v", response, p.Username, d.Reason, w.calls)
			}
		}
	}
}

// TestOwnersAreLearntWhereTheyCanBe: without the response of a create, MLflow is asked for the owner later.
func TestOwnersAreLearntWhereTheyCanBe(t *testing.T) {
	w := world{principal: alice, op: op(AccessAuthenticated, Learns)}
	a := Authorizer{Authenticator: &w, Mapper: &w, Resolver: &w, Grants: readers, PageTokens: &w}
	for _, filters := range []bool{true, false} {
		if d := a.Authorize(context.Background(), Request{Proxy: Proxy{FiltersResponse: filters}}); d.Reason != Authenticated || d.Untouched {
			t.Errorf("the response comes by: %v: %s", filters, d.Reason)
		}
	}
	w.op = Operation{Name: "Op", Access: AccessGranted, Needs: update8, Response: Learns}
	if d := a.Authorize(context.Background(), Request{}); d.Reason != PermissionDenied {
		t.Errorf("without the permission: %s", d.Reason)
	}
}

// TestNoIntentForARefusal: what is refused must not leave an intent behind, which would be reconciled into a grant.
func TestNoIntentForARefusal(t *testing.T) {
	w := world{principal: alice, op: Operation{Name: "Op", Access: AccessAuthenticated, Needs: update8, Response: Creates}}
	if d := w.authorize(readers); d.Effect == Allowed || slices.Contains(w.calls, "begin") {
		t.Errorf("%s after %v", d.Reason, w.calls)
	}
	a := Authorizer{Authenticator: &w, Mapper: &w, Resolver: &w, Grants: readers}
	w.op.Needs = nil
	if d := a.Authorize(context.Background(), Request{Proxy: Proxy{FiltersResponse: true}}); d.Reason != Internal {
		t.Errorf("without a place for intents: %s", d.Reason)
	}
}

// TestContextThatEndsDenies at whatever step it ends (Authorino #650).
func TestContextThatEndsDenies(t *testing.T) {
	for _, call := range []string{"map", "authenticate", "resolve", "begin", ""} {
		t.Run("during "+call, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			w := world{principal: alice, intent: "i", op: Operation{Name: "Op", Access: AccessAuthenticated, Needs: read7, Response: Creates}}
			w.during = func(now string) {
				if now == call {
					cancel()
				}
			}
			a := Authorizer{Authenticator: &w, Mapper: &w, Resolver: &w, Grants: readers, Intents: &w, PageTokens: &w}
			d := a.Authorize(ctx, Request{Proxy: Proxy{FiltersResponse: true}})
			if (d.Effect == Allowed) != (call == "") {
				t.Errorf("%s %s", d.Effect, d.Reason)
			}
		})
	}
}

// TestDecisionsExplainThemselves: whatever happened, the operation and the principal are in it, for logs.
func TestDecisionsExplainThemselves(t *testing.T) {
	w := world{principal: alice, op: granted(update8)}
	d := w.authorize(readers)
	if d.Operation.Name != "Op" || !reflect.DeepEqual(d.Principal, alice) || !d.Mapped {
		t.Errorf("%+v", d)
	}
	w = world{principal: alice, mapErr: Refuse(UnmappedRoute, "x")}
	if d := w.authorize(readers); d.Mapped {
		t.Error("a request that no row names is mapped")
	}
}

func TestRefusalHasTwoFaces(t *testing.T) {
	cause := errors.New("disk")
	err := fmt.Errorf("wrapped: %w", &Refusal{Reason: StoreFailed, Text: "later", Cause: cause})
	if r := asRefusal(err); r.Reason != StoreFailed || r.Text != "later" || !errors.Is(err, cause) {
		t.Errorf("%+v", r)
	}
	if Refuse(AdminOnly, "x").Error() != "admin_only: x" {
		t.Error(Refuse(AdminOnly, "x"))
	}
}

func TestHeaders(t *testing.T) {
	h := Headers{"a": {"1"}, "b": {"1", "1"}, "c": {}}
	for name, want := range map[string]struct {
		value   string
		ok, has bool
	}{"a": {"1", true, true}, "b": {"", false, true}, "c": {"", false, false}, "d": {"", false, false}} {
		if value, ok := h.One(name); value != want.value || ok != want.ok || h.Has(name) != want.has {
			t.Errorf("%s: %q, %v, %v", name, value, ok, h.Has(name))
		}
	}
}

// TestNobodyIsReadFor: reading a body costs time, so it is done only for somebody who is known. What is public is read for everybody.
func TestNobodyIsReadFor(t *testing.T) {
	w := world{op: Operation{Name: "X", Access: AccessAuthenticated}, authErr: Refuse(Unauthenticated, "who are you?")}
	if d := w.authorize(grants{}); d.Reason != Unauthenticated || slices.Contains(w.calls, "map") {
		t.Errorf("%s after %v", d.Reason, w.calls)
	}
	w = world{op: Operation{Name: "X", Access: AccessPublic}}
	if d := w.authorize(grants{}); d.Reason != Public || slices.Contains(w.calls, "authenticate") {
		t.Errorf("%s after %v", d.Reason, w.calls)
	}
}
