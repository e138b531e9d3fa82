package app

import (
	"fmt"
	"testing"
	"time"

	"extauthz/authz"
)

func denied(op authz.Operation) authz.Decision {
	return authz.Decision{Reason: authz.PermissionDenied, Principal: authz.Principal{UserID: 1, Username: "alice"}, Operation: op, Mapped: true}
}

// TestDenialsAreRemembered by the id of their request, the last thousand of them, and without what the request says beyond what it is about.
func TestDenialsAreRemembered(t *testing.T) {
	r := newRecent(time.Now)
	op := authz.Operation{Name: "LogMetric", Access: authz.AccessGranted, Params: []byte("a secret"), Needs: []authz.Need{{Action: authz.CanUpdate, Ref: authz.Ref{Kind: authz.RefRun, ID: "r"}}}}
	for i := range mostRecent + 10 {
		r.note(authz.Request{ID: fmt.Sprint("id-", i), Method: "POST", Target: "/x?password=secret"}, denied(op))
	}
	for i, want := range map[int]bool{0: false, 9: false, 10: true, mostRecent + 9: true, mostRecent + 10: false} {
		one, ok := r.Recorded(fmt.Sprint("id-", i))
		if ok != want {
			t.Errorf("id-%d is remembered: %v", i, ok)
		}
		if ok && (one.Path != "/x" || one.Decision.Operation.Params != nil || one.Decision.Operation.Needs[0].Ref.ID != "r") {
			t.Errorf("%+v", one)
		}
	}
	if len(r.byID) != mostRecent {
		t.Errorf("%d ids for %d denials", len(r.byID), mostRecent)
	}
}

// TestOnlyDenialsOfSomebodyAreRemembered: who is nobody cannot push out what others ask about.
func TestOnlyDenialsOfSomebodyAreRemembered(t *testing.T) {
	op := authz.Operation{Name: "LogMetric", Access: authz.AccessGranted}
	allowed, nobody, unmapped, reported := denied(op), denied(op), denied(authz.Operation{}), denied(op)
	allowed.Effect, allowed.Reason = authz.Allowed, authz.Granted
	nobody.Principal = authz.Principal{}
	reported.Effect, reported.Reason, reported.Refused = authz.Allowed, authz.ReportedOnly, authz.PermissionDenied
	for _, c := range []struct {
		id   string
		d    authz.Decision
		want bool
	}{{"a", allowed, false}, {"b", nobody, false}, {"c", unmapped, false}, {"", denied(op), false}, {"d", reported, true}, {"e", denied(op), true}} {
		r := newRecent(time.Now)
		r.note(authz.Request{ID: c.id}, c.d)
		if _, ok := r.Recorded(c.id); ok != c.want {
			t.Errorf("%+v is remembered: %v", c.d, ok)
		}
	}
}
