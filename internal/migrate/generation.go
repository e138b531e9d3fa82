package migrate

import (
	"errors"
	"fmt"
	"slices"
)

// generation is a schema of basic-auth, named by the revision that made it.
type generation struct {
	revision string
	releases string
	rows     bool // permissions are in rows of their own tables
	roles    bool // permissions are roles'
}

// generations are all that MLflow 2.9 to 3.18 know, the oldest first.
func generations() []generation {
	return []generation{
		{revision: "8606fa83a998", releases: "MLflow 2.5 to 3.6", rows: true},
		{revision: "0965eb92f5f0", releases: "MLflow 3.7 and 3.8", rows: true},
		{revision: "a1b2c3d4e5f6", releases: "MLflow 3.9", rows: true},
		{revision: "2ed73881770d", releases: "MLflow 3.10 and 3.11", rows: true},
		{revision: "c3d4e5f6a7b8", releases: "MLflow 3.12", rows: true, roles: true},
		{revision: "e5f6a7b8c9d0", releases: "MLflow 3.13 under way", roles: true},
		{revision: "f1a2b3c4d5e6", releases: "MLflow 3.13 to 3.18", roles: true},
	}
}

// newest is what the hint for unknown revisions names.
const newest = "3.18"

// recognise tells the schema by alembic's tables. Up to MLflow 3.5 basic-auth and the tracking server called theirs the same, so that in a
// database of both the number may be the tracking server's; the tables tell it then.
func (t Tables) recognise() (generation, error) {
	switch {
	case t.Users == nil && t.TrackedExperiments != nil:
		return generation{}, errors.New("this is the tracking server's database and has no users; `database_uri` in basic_auth.ini names the other one")
	case t.Users == nil:
		return generation{}, errors.New("this is no database of MLflow's basic-auth: it has no table \"users\"")
	case t.AlembicAuth != nil:
		return t.revised(t.AlembicAuth)
	case t.TrackedExperiments != nil || t.Alembic == nil:
		return t.revised([]Version{{generations()[0].revision}})
	default:
		return t.revised(t.Alembic)
	}
}

func (t Tables) revised(versions []Version) (generation, error) {
	if len(versions) != 1 {
		return generation{}, fmt.Errorf("the database has %d schema versions at once: let the MLflow that it belongs to finish its upgrade", len(versions))
	}
	known := generations()
	i := slices.IndexFunc(known, func(g generation) bool { return g.revision == versions[0].Number })
	if i < 0 {
		return generation{}, fmt.Errorf(
			"the database has the schema %q, which is none of MLflow 2.9 to %s: if a newer MLflow wrote it, a newer extauthz is needed", versions[0].Number, newest)
	}
	return known[i], t.complete(known[i])
}

// complete refuses a database that lacks what its schema has: half of the permissions would look like the whole.
func (t Tables) complete(g generation) error {
	for _, part := range []struct {
		name   string
		there  bool
		needed bool
	}{
		{"experiment_permissions", t.Experiments != nil, g.rows},
		{"registered_model_permissions", t.Models != nil, g.rows},
		{"scorer_permissions", t.Scorers != nil, g.rows && g.since("0965eb92f5f0")},
		{"gateway_secret_permissions", t.GatewaySecrets != nil, g.rows && g.since("a1b2c3d4e5f6")},
		{"gateway_endpoint_permissions", t.GatewayEndpoints != nil, g.rows && g.since("a1b2c3d4e5f6")},
		{"gateway_model_definition_permissions", t.GatewayModels != nil, g.rows && g.since("a1b2c3d4e5f6")},
		{"workspace_permissions", t.Workspaces != nil, g.rows && g.since("2ed73881770d")},
		{"roles", t.Roles != nil, g.roles},
		{"role_permissions", t.RolePermissions != nil, g.roles},
		{"user_role_assignments", t.Assignments != nil, g.roles},
	} {
		if part.needed && !part.there {
			return fmt.Errorf("the database says that it is of %s, and has no table %q: it is damaged, or may not be read whole by this account", g.releases, part.name)
		}
	}
	return nil
}

func (g generation) since(revision string) bool {
	at := func(r string) int {
		return slices.IndexFunc(generations(), func(g generation) bool { return g.revision == r })
	}
	return at(g.revision) >= at(revision)
}
