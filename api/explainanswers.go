package api

import (
	"errors"
	"time"

	"extauthz/authz"
)

// explanationObject is an explanation for programs; `extauthz explain` makes a person's view of it.
type explanationObject struct {
	Checks    []checkObject   `json:"checks"`
	Decision  string          `json:"decision"`
	Grants    []heldObject    `json:"grants"`
	Lookups   []foundObject   `json:"lookups"`
	Mapped    bool            `json:"mapped"`
	Message   string          `json:"message"`
	Operation string          `json:"operation"`
	Principal principalObject `json:"principal"`
	Reason    string          `json:"reason"`
	Status    int             `json:"status"`
	Then      *thenObject     `json:"then"`
}

type principalObject struct {
	IsAdmin  bool     `json:"is_admin"`
	Roles    []uint64 `json:"role_ids"`
	Scoped   bool     `json:"scoped"`
	Username string   `json:"username"`
}

type checkObject struct {
	Action     string         `json:"action"`
	Default    bool           `json:"default"` // the default permission governed: nothing is granted
	Met        bool           `json:"met"`
	Needs      string         `json:"needs"` // the lowest permission that would do
	Permission string         `json:"permission"`
	Resource   resourceObject `json:"resource"`
	Scoped     bool           `json:"scoped"` // the credential's scope lowered it
	Why        string         `json:"why"`    // what governed, for people
}

type resourceObject struct {
	ID        string `json:"resource_id"`
	Type      string `json:"resource_type"`
	Workspace string `json:"workspace"`
}

type heldObject struct {
	Holder     string         `json:"holder"`
	Permission string         `json:"permission"` // "" for nothing
	Resource   resourceObject `json:"resource"`
	Supposed   bool           `json:"supposed"`
}

type foundObject struct {
	Error string           `json:"error"`
	Found []resourceObject `json:"found"`
	ID    string           `json:"id"`
	Kind  string           `json:"kind"`
}

type thenObject struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Reason string    `json:"reason"`
}

func explanation(_ explainInput, e explained) explanationObject {
	d := e.Decision
	o := explanationObject{
		Checks: []checkObject{}, Grants: []heldObject{}, Lookups: []foundObject{}, Decision: d.Effect.String(), Mapped: d.Mapped, Message: d.Text,
		Operation: d.Operation.Name, Reason: string(d.Reason), Status: d.Reason.Status(),
		Principal: principalObject{d.Principal.Admin, d.Principal.Roles, d.Principal.Scope != nil, d.Principal.Username},
	}
	for _, c := range d.Checks {
		o.Checks = append(o.Checks, checkObject{c.Action.String(), c.Default, c.Met, c.Action.Least().String(), c.Permission.String(), aResource(c.Resource), c.Scoped, e.why(c)})
	}
	for _, h := range e.Held {
		o.Grants = append(o.Grants, heldObject{e.Holders[h.Holder], h.Permission.String(), aResource(h.Resource), h.Supposed})
	}
	for _, f := range e.Found {
		o.Lookups = append(o.Lookups, found(f))
	}
	if e.Then != nil {
		reason := e.Then.Decision.Reason
		if refused := e.Then.Decision.Refused; refused != "" {
			reason = refused
		}
		o.Then = &thenObject{e.Then.At, e.Then.Method, e.Then.Path, string(reason)}
	}
	return o
}

// why names what a check was decided by, among the grants that were met.
func (e explained) why(c authz.Check) string {
	switch {
	case c.Scoped:
		return "the credential's scope"
	case c.Default && e.Decision.Principal.Default != authz.NoGrant:
		return "default of a role"
	case c.Default:
		return "default"
	}
	for _, on := range decisive(c) {
		for _, h := range e.Held {
			if h.Resource == on && h.Permission == c.Permission {
				return e.Holders[h.Holder] + onWhat(on)
			}
		}
	}
	return ""
}

func aResource(r authz.Resource) resourceObject {
	return resourceObject{r.ID, string(r.Kind), r.Workspace}
}

func found(f authz.Found) foundObject {
	o := foundObject{ID: f.Ref.ID, Kind: f.Ref.Kind.String(), Found: []resourceObject{}}
	for _, r := range f.Resolution.Resources {
		o.Found = append(o.Found, aResource(r))
	}
	if r, ok := errors.AsType[*authz.Refusal](f.Err); ok {
		o.Error = r.Text
	} else if f.Err != nil {
		o.Error = "The look-up failed; the service's log says why."
	}
	return o
}
