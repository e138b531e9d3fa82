package ownership

import (
	"context"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

func workspace(name string) authz.Operation {
	return operation(authz.Creates, authz.InDefault(authz.Workspace, name), "")
}

// roles are those of a workspace, by name, with what each holds on it.
func (b *bench) roles(in string) map[string]authz.Permission {
	b.t.Helper()
	all := map[string]authz.Permission{}
	for r, err := range b.store.Roles(context.Background()) {
		if err != nil {
			b.t.Fatal(err)
		}
		if r.Workspace == in {
			all[r.Name] = b.grants(authz.WorkspaceNamed(in))[r.ID]
		}
	}
	return all
}

// TestNewWorkspaceHasRoles: the two that MLflow makes, once, also when the answer was lost; and nobody owns it.
func TestNewWorkspaceHasRoles(t *testing.T) {
	for _, lost := range []bool{false, true} {
		b := start(t)
		b.server.things[authz.Workspace] = map[string]thing{}
		if lost {
			b.lost(alice, workspace("team"))
			b.after(settleAfter)
		} else {
			b.whole(alice, workspace("team"))
		}
		got := b.roles("team")
		if len(got) != 2 || got["admin"] != authz.Manage || got["user"] != authz.Use {
			t.Errorf("lost %t: %v", lost, got)
		}
		if all := b.grants(authz.WorkspaceNamed("team")); len(all) != 2 || all[alice] != authz.NoGrant {
			t.Errorf("lost %t: grants on it are %v", lost, all)
		}
		b.open(0)
		if status := b.whole(bob, workspace("team")); status != 400 || len(b.roles("team")) != 2 {
			t.Errorf("a second of that name: %d, %v", status, b.roles("team"))
		}
	}
}

// TestRolesThatAreThere keep what they hold: whoever made them before the workspace knew what for.
func TestRolesThatAreThere(t *testing.T) {
	b := start(t)
	b.server.things[authz.Workspace] = map[string]thing{}
	if _, err := b.store.CreateRole(t.Context(), store.Role{Workspace: "team", Name: "admin", Description: "mine"}); err != nil {
		t.Fatal(err)
	}
	b.whole(alice, workspace("team"))
	if got := b.roles("team"); len(got) != 2 || got["admin"] != authz.NoGrant || got["user"] != authz.Use {
		t.Errorf("%v", got)
	}
}

// TestBareWorkspaces is MLFLOW_RBAC_SEED_DEFAULT_ROLES=false.
func TestBareWorkspaces(t *testing.T) {
	b := start(t)
	b.server.things[authz.Workspace] = map[string]thing{}
	b.BareWorkspaces = true
	b.whole(alice, workspace("team"))
	if got := b.roles("team"); len(got) != 0 {
		t.Errorf("%v", got)
	}
	b.open(0)
}
