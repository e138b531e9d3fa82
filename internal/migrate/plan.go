package migrate

import (
	"cmp"
	"context"
	"slices"

	"extauthz/authz"
	"extauthz/store"
)

// Plan is what an import will do. It has no password and no hash, but for the Snapshot.
type Plan struct {
	Source      Source       `json:"source"`
	Users       []UserChange `json:"users"`
	Roles       []RoleChange `json:"roles"`
	Assignments []Membership `json:"assignments"`
	Grants      []Grant      `json:"grants"`
	Findings    []Finding    `json:"findings"`
	// Same counts what the database and the store agree on, and nothing is done about.
	Same Counts `json:"same"`

	Snapshot store.Snapshot `json:"-"`
}

// Source is what was read.
type Source struct {
	Dialect  string `json:"dialect"`
	Revision string `json:"revision"`
	Releases string `json:"releases"` // of MLflow, that have this schema
}

// UserChange is a user to be created or changed.
type UserChange struct {
	Username string `json:"username"`
	Was      string `json:"was,omitzero"` // in MLflow, when it is another
	New      bool   `json:"new"`
	Admin    bool   `json:"admin"`
	// MustChangePassword is for those who have a password that everybody knows.
	MustChangePassword bool `json:"must_change_password"`
}

// RoleChange is a role to be created or described anew.
type RoleChange struct {
	Workspace string `json:"workspace"`
	Name      string `json:"name"`
	New       bool   `json:"new"`
}

// Membership is a role that a user will have.
type Membership struct {
	Username  string `json:"username"`
	Workspace string `json:"workspace"`
	Role      string `json:"role"`
}

// Grant is one that will be made, or changed from Before.
type Grant struct {
	Username   string `json:"username,omitzero"` // or else Role
	Role       string `json:"role,omitzero"`
	Workspace  string `json:"workspace"` // of the resource and of the role
	Type       string `json:"resource_type"`
	ID         string `json:"resource_id"`
	Permission string `json:"permission"`
	Before     string `json:"before,omitzero"`
}

// Counts are numbers of things.
type Counts struct {
	Users       int `json:"users"`
	Roles       int `json:"roles"`
	Assignments int `json:"assignments"`
	Grants      int `json:"grants"`
}

// Empty reports that there is nothing to do.
func (p Plan) Empty() bool { return len(p.Users)+len(p.Roles)+len(p.Assignments)+len(p.Grants) == 0 }

// New plans the import of basic_auth into a store that has exported what is there. Tracking is a dump of the tracking server's database, or
// the zero Dump when there is none to ask; tables of it that are in basic_auth are asked, too.
func New(ctx context.Context, basicAuth, tracking Dump, there store.Snapshot, o Options) (Plan, error) {
	t := basicAuth.Tables.with(tracking.Tables)
	g, err := basicAuth.Tables.recognise()
	if err != nil {
		return Plan{}, err
	}
	w := &work{
		options: o, facts: t.facts(), there: presentIn(there), persons: map[int64]person{}, left: map[int64]*absent{}, roles: map[int64]Role{},
		grants: map[held]authz.Permission{},
	}
	if err := w.people(t.Users); err != nil {
		return Plan{}, err
	}
	if err := w.passwords(ctx); err != nil {
		return Plan{}, err
	}
	var assigned []store.NamedAssignment
	if g.rows {
		w.applyRows(t)
	}
	if g.roles {
		assigned = w.applyRoles(t, g)
	}
	if !g.rows {
		w.restore(t)
	}
	p := w.plan(assigned)
	p.Source = Source{basicAuth.Dialect, g.revision, g.releases}
	return p, nil
}

// with takes the tracking server's tables from its own database, if that was read.
func (t Tables) with(tracking Tables) Tables {
	if tracking.TrackedExperiments != nil {
		t.TrackedExperiments, t.TrackedModels, t.PromptTags = tracking.TrackedExperiments, tracking.TrackedModels, tracking.PromptTags
	}
	return t
}

func (w *work) plan(assigned []store.NamedAssignment) Plan {
	p := Plan{Users: []UserChange{}, Roles: []RoleChange{}, Assignments: []Membership{}, Grants: []Grant{}}
	w.planUsers(&p)
	w.planRoles(&p)
	w.planAssignments(&p, assigned)
	w.planGrants(&p)
	w.tellAbsent()
	w.lastly(&p)
	slices.SortFunc(w.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.What, b.What), cmp.Compare(a.Why, b.Why))
	})
	p.Findings = append([]Finding{}, w.findings...)
	return p
}

// lastly looks at the store as it will be.
func (w *work) lastly(p *Plan) {
	governs := map[string]bool{}
	for name, u := range w.there.users {
		governs[name] = u.Governs()
	}
	for _, u := range p.Snapshot.Users {
		governs[u.Username] = u.Governs()
	}
	for _, g := range governs {
		if g {
			return
		}
	}
	w.found(Notice, "admins", "neither MLflow's users nor the store's have one who can sign in",
		"nothing; `extauthz serve` makes one with MLFLOW_AUTH_ADMIN_USERNAME and MLFLOW_AUTH_ADMIN_PASSWORD")
}
