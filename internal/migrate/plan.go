package migrate

import (
	"cmp"
	"context"
	"errors"
	"slices"

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

// Empty reports that there is nothing to do.
func (p Plan) Empty() bool { return len(p.Users)+len(p.Roles)+len(p.Assignments)+len(p.Grants) == 0 }

// New plans the import of basic_auth into a store that has exported what is there. Tracking is a dump of the tracking server's database, or
// the zero Dump when there is none to ask; tables of it that are in basic_auth are asked, too.
func New(ctx context.Context, basicAuth, tracking Dump, there store.Snapshot, o Options) (Plan, error) {
	g, err := basicAuth.Tables.recognise()
	if err == nil && tracking.Format != 0 && tracking.Tables.TrackedExperiments == nil {
		err = errors.New("the tracking server's database has no table \"experiments\": its --backend-store-uri names the right one")
	}
	if err != nil {
		return Plan{}, err
	}
	t := basicAuth.Tables.with(tracking.Tables)
	w := begin(t.facts(), presentIn(there), o)
	if g.rows {
		err = w.placeless(t)
	}
	if err := cmp.Or(err, w.people(t.Users)); err != nil {
		return Plan{}, err
	}
	if err := w.passwords(ctx); err != nil {
		return Plan{}, err
	}
	p := w.plan(w.permissions(t, g))
	p.Source = Source{basicAuth.Dialect, g.revision, g.releases}
	return p, nil
}

// with takes the tracking server's tables from its own database, if that was read.
func (t Tables) with(tracking Tables) Tables {
	if tracking.TrackedExperiments != nil {
		t.TrackedExperiments, t.TrackedModels, t.PromptTags = tracking.TrackedExperiments, tracking.TrackedModels, tracking.PromptTags
		t.TrackedSecrets, t.TrackedEndpoints, t.TrackedDefinitions = tracking.TrackedSecrets, tracking.TrackedEndpoints, tracking.TrackedDefinitions
	}
	return t
}

// permissions carries over what the tables say that a release of that generation reads.
func (w *work) permissions(t Tables, g generation) (assigned []store.NamedAssignment) {
	if g.rows {
		w.applyRows(t)
	}
	if g.roles {
		assigned = w.applyRoles(t, g)
	}
	if !g.rows {
		w.restore(t)
	}
	return assigned
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
