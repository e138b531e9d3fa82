package e2e

import (
	"testing"

	"extauthz/internal/testbed"
)

// TestWorkspaces is a server with --enable-workspaces, whose default workspace is shared or not.
func TestWorkspaces(t *testing.T) {
	t.Parallel()
	for name, shared := range map[string]bool{"default is shared": true, "default is nobody's": false} {
		t.Run(name, func(t *testing.T) {
			s := testbed.Start(t, testbed.Options{Workspaces: true, DefaultWorkspaceAccess: shared})
			for _, name := range []string{"alice", "bob", "carol", "dave"} {
				addUser(t, s, name)
			}
			tell(t, s, testbed.Newest, "workspaces.py", "SHARED="+map[bool]string{true: "true", false: "false"}[shared])
		})
	}
}
