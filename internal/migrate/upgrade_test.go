package migrate_test

import (
	"slices"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/internal/migrate"
	"extauthz/store"
)

// TestDenialsThatTheUpgradeLost come back, but for those where something has been granted since.
func TestDenialsThatTheUpgradeLost(t *testing.T) {
	s, _ := newStore(t)
	level, read := "NO_PERMISSIONS", "READ"
	d := recent("alice")
	d.Tables.Experiments = []migrate.Permission{on("1", 1, level), on("2", 1, level), on("3", 1, "EDIT"), on("*", 1, level), on("4", 9, level)}
	d.Tables.Models = []migrate.Permission{{Name: "m", UserID: 1, Permission: &level}}
	d.Tables.Roles = []migrate.Role{{ID: 1, Name: "__user_1__", Workspace: "default"}}
	d.Tables.RolePermissions = []migrate.RolePermission{{RoleID: 1, Type: "experiment", Pattern: "2", Permission: &read}}
	d.Tables.Assignments = []migrate.Assignment{{UserID: 1, RoleID: 1}}
	p := plan(t, s, d, migrate.Options{})
	want(t, "grants", grants(p), "alice NO_PERMISSIONS experiment/1", "alice READ experiment/2", "alice NO_PERMISSIONS registered_model/m", "alice NO_PERMISSIONS prompt/m")
	want(t, "restored", found(p, migrate.Restored), `NO_PERMISSIONS of "alice" on experiment "1"`, `NO_PERMISSIONS of "alice" on registered_model "m"`)
	lost := plan(t, s, d, migrate.Options{KeepLost: true})
	want(t, "grants when what is lost stays lost", grants(lost), "alice READ experiment/2")
	want(t, "left out", found(lost, migrate.LeftOut), `NO_PERMISSIONS of "alice" on experiment "1"`, `NO_PERMISSIONS of "alice" on registered_model "m"`)
}

// TestWorkspacePermissionsOfOlderReleases govern where there is no permission of one's own, which grants can only say with a DENY.
func TestWorkspacePermissionsOfOlderReleases(t *testing.T) {
	s, _ := newStore(t)
	edit, none, read, manage, team := "EDIT", "NO_PERMISSIONS", "READ", "MANAGE", "team"
	d := with311(old("alice", "bob"), "2ed73881770d") // no rows but those that tell their workspace
	d.Tables.Models = []migrate.Permission{
		{Name: "kept away", Workspace: &team, UserID: 1, Permission: &none},
		{Name: "lower", Workspace: &team, UserID: 1, Permission: &read},
		{Name: "higher", Workspace: &team, UserID: 1, Permission: &manage},
		{Name: "kept away", Workspace: &team, UserID: 2, Permission: &none},
	}
	d.Tables.Workspaces = []migrate.Permission{{Workspace: &team, UserID: 1, Permission: &edit}, {Workspace: &team, UserID: 2, Permission: &manage}}
	p := plan(t, s, d, migrate.Options{})
	var whole []string
	for _, kind := range []authz.Kind{"experiment", "registered_model", "prompt", "scorer", "gateway_secret", "gateway_endpoint", "gateway_model_definition"} {
		whole = append(whole, "alice EDIT "+string(kind)+"/* in team")
	}
	for _, kind := range []string{"registered_model", "prompt"} {
		whole = append(whole, "alice DENY "+kind+"/kept away in team", "alice READ "+kind+"/lower in team", "alice MANAGE "+kind+"/higher in team",
			"bob NO_PERMISSIONS "+kind+"/kept away in team")
	}
	want(t, "grants", grants(p), append(whole, "alice USE workspace/* in team", "bob MANAGE workspace/* in team")...)
	if len(found(p, migrate.Wider)) != 4 || len(found(p, migrate.Changed)) != 2 {
		t.Errorf("%+v", p.Findings)
	}
}

// TestRolesOfMLflow312 go beside rows: the higher governs, and a role's NO_PERMISSIONS is passed over.
func TestRolesOfMLflow312(t *testing.T) {
	s, _ := newStore(t)
	edit, none, read := "EDIT", "NO_PERMISSIONS", "READ"
	d := with311(old("alice"), "c3d4e5f6a7b8")
	d.Tables.Experiments = []migrate.Permission{on("1", 1, "READ")}
	d.Tables.Roles = []migrate.Role{{ID: 1, Name: "painters", Workspace: "team"}}
	d.Tables.RolePermissions = []migrate.RolePermission{
		{RoleID: 1, Type: "experiment", Pattern: "1", Permission: &none},
		{RoleID: 1, Type: "registered_model", Pattern: "*", Permission: &edit},
		{RoleID: 1, Type: "registered_model", Pattern: "m", Permission: &read},
	}
	d.Tables.Assignments = []migrate.Assignment{{UserID: 1, RoleID: 1}}
	p := plan(t, s, d, migrate.Options{})
	want(t, "grants", grants(p), "alice READ experiment/1", "painters EDIT registered_model/* in team", "painters EDIT prompt/* in team",
		"painters READ registered_model/m in team", "painters READ prompt/m in team")
	want(t, "left out", found(p, migrate.LeftOut), `NO_PERMISSIONS of role "painters" on experiment "1" in workspace team`)
}

// TestWhatTheTrackingServerTells decides what is a prompt, where an experiment lies, and what is gone.
func TestWhatTheTrackingServerTells(t *testing.T) {
	level, team, yes := "EDIT", "team", "True"
	d := old("alice")
	d.Tables.Experiments = []migrate.Permission{on("1", 1, level), on("2", 1, level), on("3", 1, level)}
	for _, name := range []string{"m", "p", "gone"} {
		d.Tables.Models = append(d.Tables.Models, migrate.Permission{Name: name, UserID: 1, Permission: &level})
	}
	tracking := migrate.Dump{Format: 1, Tables: migrate.Tables{
		TrackedExperiments: []migrate.Thing{{Experiment: "1"}, {Experiment: "2", Workspace: &team}},
		TrackedModels:      []migrate.Thing{{Name: "m"}, {Name: "p"}}, PromptTags: []migrate.Thing{{Name: "p", Value: &yes}},
	}}
	s, _ := newStore(t)
	there, err := s.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := migrate.New(t.Context(), d, tracking, there, migrate.Options{Passwords: secrets{}})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "grants", grants(p), "alice EDIT experiment/1", "alice EDIT experiment/2 in team", "alice EDIT registered_model/m", "alice EDIT prompt/p")
	want(t, "left out", found(p, migrate.LeftOut), `EDIT of "alice" on experiment "3"`, `EDIT of "alice" on registered_model "gone"`)
}

// TestDenialInAnotherWorkspaceIsNotLost: rows on experiments do not tell the workspace, so nothing is imported until somebody does.
func TestDenialInAnotherWorkspaceIsNotLost(t *testing.T) {
	edit, team := "EDIT", "team"
	d := with311(old("alice"), "2ed73881770d")
	d.Tables.Experiments = []migrate.Permission{on("4", 1, "NO_PERMISSIONS")}
	d.Tables.Workspaces = []migrate.Permission{{Workspace: &team, UserID: 1, Permission: &edit}}
	_, err := migrate.New(t.Context(), d, migrate.Dump{}, store.Snapshot{}, migrate.Options{Passwords: secrets{}})
	if err == nil || !strings.Contains(err.Error(), "--tracking-store") {
		t.Errorf("without the tracking server: %v", err)
	}
	d.Tables.TrackedExperiments = []migrate.Thing{{Experiment: "4", Workspace: &team}} // in the same database, this time
	s, _ := newStore(t)
	if all := grants(plan(t, s, d, migrate.Options{})); !slices.Contains(all, "alice DENY experiment/4 in team") {
		t.Errorf("with it: %v", all)
	}
}
