package migrate

import (
	"fmt"

	"extauthz/authz"
	"extauthz/store"
)

// work is a plan in the making.
type work struct {
	options  Options
	facts    facts
	there    present
	persons  map[int64]person
	left     map[int64]*absent // users who are not carried over
	roles    map[int64]Role    // those that become roles; hidden ones are not in it
	grants   map[held]authz.Permission
	findings []Finding
}

func begin(f facts, there present, o Options) *work {
	return &work{
		options: o, facts: f, there: there, persons: map[int64]person{}, left: map[int64]*absent{}, roles: map[int64]Role{},
		grants: map[held]authz.Permission{},
	}
}

// held is what one holder may have one permission on.
type held struct {
	holder   store.Holder
	resource authz.Resource
}

func (w *work) found(kind FindingKind, what, why, done string) {
	w.findings = append(w.findings, Finding{kind, what, why, done})
}

// give notes a grant. Of several on one thing, DENY governs, else the highest, as with MLflow's roles.
func (w *work) give(holder store.Holder, r authz.Resource, p authz.Permission) {
	at := held{holder, r}
	before, again := w.grants[at]
	switch {
	case !again:
		w.grants[at] = p
	case before == authz.Deny || p == authz.Deny:
		w.grants[at] = authz.Deny
	default:
		w.grants[at] = max(before, p)
	}
}

// holder is the user of that id, if there is one who is carried over. Who is gone is a finding; who was left out is one already.
func (w *work) holder(userID int64, what string) (store.Holder, bool) {
	if p, ok := w.persons[userID]; ok {
		return store.Holder{Username: p.is}, true
	}
	if a, ok := w.left[userID]; ok {
		a.rows++
	} else {
		w.found(LeftOut, what, fmt.Sprintf("MLflow has no user with the id %d", userID), "left out")
	}
	return store.Holder{}, false
}

// level reads a permission. MLflow fails on what it does not know, and so allows nothing.
func (w *work) level(name *string, what string) authz.Permission {
	p, err := authz.ParsePermission(text(name))
	if err != nil {
		w.found(Changed, what, fmt.Sprintf("%q is no permission of MLflow's", text(name)), "becomes NO_PERMISSIONS, since MLflow allows nothing by it either")
		return authz.NoPermissions
	}
	return p
}

// stands reports whether a grant on r may be carried over. A row of the older tables takes every id literally: there, "*" is a thing's name.
func (w *work) stands(r authz.Resource, what string, literal bool) bool {
	switch {
	case r.ID == "":
		w.found(LeftOut, what, "it names nothing", "left out")
	case literal && r.ID == authz.AnyID:
		w.found(LeftOut, what, `to MLflow this is one thing called "*", and not all of them`, "left out")
	case r.ID != authz.AnyID && w.facts.gone(r):
		w.found(LeftOut, what, "the tracking server has nothing of that name", "left out")
	default:
		return true
	}
	return false
}

// text is a column's, "" for NULL.
func text(column *string) string {
	if column == nil {
		return ""
	}
	return *column
}
