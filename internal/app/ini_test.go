package app

import (
	"strings"
	"testing"

	"extauthz/authz"
)

// TestAuthINIOfMLflow reads the file that MLflow 3.17 ships, with what its comments show filled in.
func TestAuthINIOfMLflow(t *testing.T) {
	got, err := parseAuthINI(strings.NewReader(`[mlflow]
default_permission = NO_PERMISSIONS
database_uri = sqlite:///basic_auth.db
admin_username = admin
; admin_password is interpolated by Python's configparser
admin_password : fifty%%=percent
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
grant_default_workspace_access = True
workspace_cache_max_size = 10000
`))
	want := AuthINI{authz.NoPermissions, "admin", "fifty%=percent", true}
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}
