package e2e

import (
	"context"
	"path/filepath"
	"testing"

	"extauthz/authz"
	"extauthz/internal/testbed"
	"extauthz/store"
	"extauthz/store/boltstore"
)

// TestWorkspaces is a server with --enable-workspaces, whose default workspace is shared or not.
func TestWorkspaces(t *testing.T) {
	for name, shared := range map[string]bool{"default is shared": true, "default is nobody's": false} {
		t.Run(name, func(t *testing.T) {
			s := testbed.Start(t, testbed.Options{Workspaces: true, DefaultWorkspaceAccess: shared})
			for _, name := range []string{"alice", "bob", "carol", "dave"} {
				addUser(t, s, name)
			}
			s.Stop(t)
			members(t, filepath.Join(s.DataDir, "store", "extauthz.db"))
			s.Restart(t)
			tell(t, s, testbed.Newest, "workspaces.py", "SHARED="+map[bool]string{true: "true", false: "false"}[shared])
		})
	}
}

// members grants on the workspaces as wholes, past the auth API, which has no way to do so.
func members(t *testing.T, path string) {
	t.Helper()
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx := context.Background()
	for _, m := range []struct {
		user, workspace string
		permission      authz.Permission
	}{{"alice", "red", authz.Manage}, {"bob", "red", authz.Use}, {"carol", "blue", authz.Use}} {
		u, err := s.UserByName(ctx, m.user)
		if err == nil {
			err = s.CreateGrant(ctx, store.Grant{Holder: u.ID, Resource: authz.WorkspaceNamed(m.workspace), Permission: m.permission})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
