package migrate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/internal/migrate"
	"extauthz/store"
)

// old is a database of MLflow 2.9 with these users, by ids from 1 on.
func old(names ...string) migrate.Dump {
	d := migrate.Dump{Format: 1, Dialect: "sqlite", Tables: migrate.Tables{
		Alembic: []migrate.Version{{Number: "8606fa83a998"}}, Users: []migrate.User{}, Experiments: []migrate.Permission{}, Models: []migrate.Permission{},
	}}
	for i, name := range names {
		hash := "scrypt:of " + name
		d.Tables.Users = append(d.Tables.Users, migrate.User{ID: int64(i + 1), Username: &name, PasswordHash: &hash})
	}
	return d
}

// recent is one of MLflow 3.17.
func recent(names ...string) migrate.Dump {
	d := old(names...)
	d.Tables.Alembic, d.Tables.AlembicAuth = nil, []migrate.Version{{Number: "f1a2b3c4d5e6"}}
	d.Tables.Roles, d.Tables.RolePermissions, d.Tables.Assignments = []migrate.Role{}, []migrate.RolePermission{}, []migrate.Assignment{}
	return d
}

// with311 has what MLflow 3.10 and 3.11 added.
func with311(d migrate.Dump, version string) migrate.Dump {
	none := []migrate.Permission{}
	d.Tables.Alembic, d.Tables.AlembicAuth = nil, []migrate.Version{{Number: version}}
	d.Tables.Scorers, d.Tables.GatewaySecrets, d.Tables.GatewayEndpoints, d.Tables.GatewayModels, d.Tables.Workspaces = none, none, none, none, none
	return d
}

func on(experiment string, user int64, level string) migrate.Permission {
	return migrate.Permission{Experiment: experiment, UserID: user, Permission: &level}
}

// grants are the plan's, as "alice EDIT experiment/1".
func grants(p migrate.Plan) (all []string) {
	for _, g := range p.Grants {
		line := fmt.Sprintf("%s%s %s %s/%s", g.Username, g.Role, g.Permission, g.Type, g.ID)
		if g.Workspace != authz.DefaultWorkspace {
			line += " in " + g.Workspace
		}
		all = append(all, line)
	}
	slices.Sort(all)
	return all
}

func want(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant:\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestGrantOnTheStarOfOlderReleasesOpensNothing is a row that MLflow takes for one experiment called "*"; here it would be all of them.
func TestGrantOnTheStarOfOlderReleasesOpensNothing(t *testing.T) {
	s, _ := newStore(t)
	d := old("alice")
	d.Tables.Experiments = []migrate.Permission{on("*", 1, "MANAGE"), on("1", 1, "EDIT")}
	star := "MANAGE"
	d.Tables.Models = []migrate.Permission{{Name: "*", UserID: 1, Permission: &star}}
	p := plan(t, s, d, migrate.Options{})
	want(t, "grants", grants(p), "alice EDIT experiment/1")
	want(t, "left out", found(p, migrate.LeftOut), `MANAGE of "alice" on experiment "*"`, `MANAGE of "alice" on registered_model "*"`)
}

// TestUnknownLevelsAllowNothing since MLflow answers 500 by them; leaving them out would let the default permission in.
func TestUnknownLevelsAllowNothing(t *testing.T) {
	s, _ := newStore(t)
	d := old("alice")
	d.Tables.Experiments = []migrate.Permission{on("1", 1, "OWNER"), on("2", 1, "read"), {Experiment: "3", UserID: 1}, on("4", 1, "READ")}
	p := plan(t, s, d, migrate.Options{})
	want(t, "grants", grants(p), "alice NO_PERMISSIONS experiment/1", "alice NO_PERMISSIONS experiment/2", "alice NO_PERMISSIONS experiment/3", "alice READ experiment/4")
	if n := len(found(p, migrate.Changed)); n != 3 {
		t.Errorf("%d findings, want 3: %+v", n, p.Findings)
	}
}

// TestRowsOfNobodyAreTold are those whose user, role or assignment is gone.
func TestRowsOfNobodyAreTold(t *testing.T) {
	s, _ := newStore(t)
	d := old("alice")
	d.Tables.Experiments = []migrate.Permission{on("1", 7, "MANAGE")}
	want(t, "left out", found(plan(t, s, d, migrate.Options{}), migrate.LeftOut), `MANAGE of user 7 on experiment "1"`)

	level := "EDIT"
	r := recent("alice")
	r.Tables.Roles = []migrate.Role{{ID: 1, Name: "__user_9__", Workspace: "default"}, {ID: 2, Name: "painters", Workspace: "default"}}
	r.Tables.RolePermissions = []migrate.RolePermission{
		{ID: 1, RoleID: 1, Type: "experiment", Pattern: "1", Permission: &level},
		{ID: 2, RoleID: 5, Type: "experiment", Pattern: "2", Permission: &level},
		{ID: 3, RoleID: 2, Type: "experiment", Pattern: "3", Permission: &level},
		{ID: 4, RoleID: 2, Type: "run", Pattern: "r1", Permission: &level},
		{ID: 5, RoleID: 2, Type: "dream", Pattern: "*", Permission: &level},
	}
	r.Tables.Assignments = []migrate.Assignment{{ID: 1, UserID: 9, RoleID: 2}, {ID: 2, UserID: 1, RoleID: 8}}
	p := plan(t, s, r, migrate.Options{})
	want(t, "grants", grants(p), "painters EDIT experiment/3")
	want(t, "left out", found(p, migrate.LeftOut), "assignment 1", "assignment 2", `EDIT on experiment "1" of role 1`, `EDIT on experiment "2" of role 5`,
		`EDIT of role "painters" on run "r1"`, `EDIT of role "painters" on dream "*"`)
}

// TestHiddenRolesAreWhoseTheyAreAssignedTo and not whose id is in the name.
func TestHiddenRolesAreWhoseTheyAreAssignedTo(t *testing.T) {
	s, _ := newStore(t)
	edit, deny, read := "EDIT", "DENY", "READ"
	d := recent("alice", "bob")
	d.Tables.Roles = []migrate.Role{{ID: 1, Name: "__user_1__", Workspace: "default"}, {ID: 2, Name: "__user_1__", Workspace: "team"}, {ID: 3, Name: "__user_x__", Workspace: "default"}}
	d.Tables.RolePermissions = []migrate.RolePermission{
		{RoleID: 1, Type: "experiment", Pattern: "1", Permission: &edit},
		{RoleID: 2, Type: "experiment", Pattern: "1", Permission: &deny},
		{RoleID: 3, Type: "experiment", Pattern: "*", Permission: &read},
	}
	d.Tables.Assignments = []migrate.Assignment{{UserID: 1, RoleID: 1}, {UserID: 2, RoleID: 1}, {UserID: 1, RoleID: 2}, {UserID: 2, RoleID: 3}}
	p := plan(t, s, d, migrate.Options{})
	want(t, "grants", grants(p), "alice EDIT experiment/1", "bob EDIT experiment/1", "alice DENY experiment/1 in team", "__user_x__ READ experiment/*")
	if len(p.Roles) != 1 || p.Roles[0].Name != "__user_x__" || len(p.Assignments) != 1 {
		t.Errorf("roles %+v, assignments %+v", p.Roles, p.Assignments)
	}
}

// TestNamesThatCannotBe are left out with what they have, until somebody gives another name.
func TestNamesThatCannotBe(t *testing.T) {
	s, _ := newStore(t)
	if _, err := s.CreateUser(t.Context(), store.User{Username: "Dave"}); err != nil {
		t.Fatal(err)
	}
	d := old("alice", "ALICE", "a:b", "", "tab\tbed", "dave", "two words")
	d.Tables.Users = append(d.Tables.Users, migrate.User{ID: 8})
	for id := range d.Tables.Users {
		d.Tables.Experiments = append(d.Tables.Experiments, on("1", int64(id+1), "READ"))
	}
	p := plan(t, s, d, migrate.Options{})
	want(t, "left out", found(p, migrate.LeftOut), `user "ALICE"`, `user "a:b"`, `user ""`, `user ""`, `user "tab\tbed"`, `user "dave"`)
	want(t, "grants", grants(p), "alice READ experiment/1", "two words READ experiment/1")
	for _, f := range p.Findings {
		if f.Kind == migrate.LeftOut && !strings.Contains(f.Done, "with 1 permissions") {
			t.Errorf("%s does not tell what is left behind: %s", f.What, f.Done)
		}
	}
	renamed := plan(t, s, d, migrate.Options{Rename: map[string]string{"ALICE": "alice2", "a:b": "ab", "dave": "dave.b", "two words": "two-words"}})
	want(t, "left out after renaming", found(renamed, migrate.LeftOut), `user ""`, `user ""`, `user "tab\tbed"`)
	apply(t, s, renamed)
	if _, err := s.UserByName(t.Context(), "alice2"); err != nil {
		t.Error(err)
	}
	for _, wrong := range []map[string]string{{"nobody": "x"}, {"alice": "two words"}} {
		_, err := migrate.New(t.Context(), d, migrate.Dump{}, store.Snapshot{}, migrate.Options{Rename: wrong, Passwords: secrets{}})
		if err == nil || !strings.Contains(err.Error(), "--rename") {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	// Two may not be given one name.
	if p := plan(t, s, d, migrate.Options{Rename: map[string]string{"a:b": "Alice"}}); !slices.Contains(found(p, migrate.LeftOut), `user "a:b"`) {
		t.Errorf("two users have one name: %+v", p.Users)
	}
}

// TestPasswordsThatEverybodyKnows must be changed; a hash that nothing fits is no password.
func TestPasswordsThatEverybodyKnows(t *testing.T) {
	s, _ := newStore(t)
	d := old("alice", "bob", "carol", "dave")
	for i, hash := range []string{
		"scrypt:2:1:1$salt$" + strings.Repeat("00", 64), // nobody's
		"md5$salt$00", "",
	} {
		d.Tables.Users[i].PasswordHash = &hash
	}
	d.Tables.Users[2].PasswordHash = nil
	known := *dump(t, "2.22.5").Tables.Users[0].PasswordHash // the admin's, who has kept password1234
	d.Tables.Users[3].PasswordHash = &known
	p := plan(t, s, d, migrate.Options{Passwords: hasher(t)})
	for _, u := range p.Users {
		if u.MustChangePassword != (u.Username == "dave") {
			t.Errorf("%+v", u)
		}
	}
	want(t, "changed", found(p, migrate.Changed), `user "bob"`, `user "carol"`, `user "dave"`)
	apply(t, s, p)
	if bob, err := s.UserByName(t.Context(), "bob"); err != nil || bob.PasswordHash != "" {
		t.Errorf("bob has a hash that nothing fits: %v", err)
	}
}
