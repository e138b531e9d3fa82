package e2e

import (
	"path/filepath"
	"testing"

	"extauthz/internal/testbed"
)

// tell runs a script of python/ with the client of a release.
func tell(t *testing.T, s *testbed.Stack, v testbed.Version, script string, env ...string) {
	t.Helper()
	dir := filepath.Join(testbed.Root(t), "e2e", "python")
	env = append(env, "TRACKING_URI="+s.URL, "ADMIN_USERNAME="+s.AdminUsername, "ADMIN_PASSWORD="+s.AdminPassword)
	t.Log(s.Python(t, v, "import runpy, sys; sys.path.insert(0, "+quote(dir)+"); runpy.run_path("+quote(filepath.Join(dir, script))+")", env...))
}

// quote makes a Python string of a path.
func quote(path string) string { return `r"""` + path + `"""` }

// TestStories tells what MLflow's Authentication documentation promises, with the server and the client of both generations.
func TestStories(t *testing.T) {
	t.Parallel()
	for _, v := range []testbed.Version{testbed.Newest, testbed.Oldest} {
		t.Run(string(v), func(t *testing.T) {
			s := testbed.Start(t, testbed.Options{MLflow: v, SecretKey: "kept over restarts"})
			kept := "KEPT=" + filepath.Join(t.TempDir(), "page.json")
			for _, script := range []string{"users.py", "permissions.py", "prompts.py", "paging.py", "traces.py"} {
				if !t.Run(script, func(t *testing.T) { tell(t, s, v, script, kept) }) {
					t.FailNow() // the next story goes on from here
				}
			}
			s.Restart(t)
			t.Run("after a restart", func(t *testing.T) { tell(t, s, v, "afterwards.py", kept) })
		})
	}
}

// TestOlderClient is MLflow 2.22's client, whose AuthServiceClient still has the per-resource methods, in front of MLflow 3.
func TestOlderClient(t *testing.T) {
	t.Parallel()
	s := testbed.Start(t, testbed.Options{})
	tell(t, s, testbed.Newest, "users.py")
	tell(t, s, testbed.Oldest, "permissions.py")
	tell(t, s, testbed.Newest, "grants.py")
	tell(t, s, testbed.Newest, "mentions.py")
}

// TestAuthServiceClient calls every method of the clients of both generations.
func TestAuthServiceClient(t *testing.T) {
	t.Parallel()
	for _, v := range []testbed.Version{testbed.Newest, testbed.Oldest} {
		t.Run(string(v), func(t *testing.T) { tell(t, testbed.Start(t, testbed.Options{}), v, "authclient.py") })
	}
}

// TestCreators is a server on which not everybody may create.
func TestCreators(t *testing.T) {
	t.Parallel()
	s := testbed.Start(t, testbed.Options{Env: []string{"EXTAUTHZ_CREATORS=experiment=roles:leads;registered_model=admins"}})
	tell(t, s, testbed.Newest, "creators.py")
}

// TestReviewing has MLflow carry out jobs, which takes processes of its own.
func TestReviewing(t *testing.T) {
	t.Parallel()
	s := testbed.Start(t, testbed.Options{Jobs: true})
	tell(t, s, testbed.Newest, "reviewing.py")
}

// TestGateway has a language model of its own on this machine, which MLflow allows only if it is told to.
func TestGateway(t *testing.T) {
	t.Parallel()
	s := testbed.Start(t, testbed.Options{Env: []string{
		"MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS=true", "MLFLOW_GATEWAY_API_BASE_ALLOWED_SCHEMES=http",
	}})
	tell(t, s, testbed.Newest, "gateway.py")
	tell(t, s, testbed.Newest, "registries.py")
}

// TestDefaultPermission is a server on which nothing is permitted that is not granted.
func TestDefaultPermission(t *testing.T) {
	t.Parallel()
	s := testbed.Start(t, testbed.Options{DefaultPermission: "NO_PERMISSIONS", StaticPrefix: "/team"})
	tell(t, s, testbed.Newest, "closed.py", "STATIC_PREFIX=/team")
}
