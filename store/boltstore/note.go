package boltstore

import (
	"fmt"
	"maps"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/authz"
	"extauthz/store"
)

// facts are what an audit record says of a thing as it was, or as it is.
type facts map[string]any

// mostListed is how many of the things that went together a record names; it counts the others.
const mostListed = 100

// with adds a fact if it holds.
func (f facts) with(name string, holds bool, value any) facts {
	if holds {
		f[name] = value
	}
	return f
}

// list adds what went together, if there is any.
func (f facts) list(name string, items []string) {
	if len(items) == 0 {
		return
	}
	f[name] = items[:min(len(items), mostListed)]
	if more := len(items) - mostListed; more > 0 {
		f["more_"+name] = more
	}
}

// changed leaves out what is the same before and after, of facts that can be compared.
func changed(before, after facts) (facts, facts) {
	same := func(in facts) func(string, any) bool {
		return func(name string, value any) bool { other, ok := in[name]; return ok && other == value }
	}
	old := maps.Clone(before)
	maps.DeleteFunc(old, same(after))
	maps.DeleteFunc(after, same(before))
	return old, after
}

// text is compact JSON, "" for no facts. Names hold any byte; what is no UTF-8 is replaced.
func (f facts) text() string {
	if len(f) == 0 {
		return ""
	}
	b, err := json.Marshal(map[string]any(f), json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		panic(err) // facts are numbers, truth values, strings and lists of them
	}
	return string(b)
}

func userFacts(u store.User) facts {
	f := facts{"id": u.ID}
	f.with("admin", u.Admin, true).with("must_change_password", u.MustChangePassword, true)
	return f.with("disabled", u.Disabled, true).with("service_account", u.ServiceAccount, true)
}

func roleFacts(r store.Role) facts {
	f := facts{"id": r.ID, "name": r.Name}
	return f.with("description", r.Description != "", r.Description).with("default", r.Default != authz.NoGrant, r.Default.String())
}

func grantFacts(g store.Grant) facts {
	return facts{"permission": g.Permission.String()}.with("id", g.ID != 0, g.ID)
}

func userTarget(username string) string { return "user " + username }

func roleTarget(r store.Role) string {
	return authz.Resource{Kind: "role", Workspace: r.Workspace, ID: r.Name}.String()
}

// holderTarget names a user alone, and a role as one.
func (v *snapshot) holderTarget(id uint64) string {
	if u, ok := v.userOf(id); ok {
		return u.Username
	}
	if r, ok := v.role(id); ok {
		return roleTarget(r)
	}
	return fmt.Sprintf("holder %d", id)
}

func (v *snapshot) grantTarget(g store.Grant) string {
	return g.Resource.String() + " for " + v.holderTarget(g.Holder)
}

// grantsListed says what was granted, and to whom.
func (v *snapshot) grantsListed(grants []store.Grant) (list []string) {
	for i, g := range grants {
		if i == mostListed { // the rest is counted
			return append(list, make([]string, len(grants)-i)...)
		}
		list = append(list, g.Permission.String()+" on "+v.grantTarget(g))
	}
	return list
}
