package config

import (
	"strings"
	"testing"
)

// TestAuthINIOfMLflow reads the file that MLflow 3.17 ships, with what its comments show filled in.
func TestAuthINIOfMLflow(t *testing.T) {
	got, errs := parseINI(strings.NewReader(`[mlflow]
default_permission = NO_PERMISSIONS
database_uri = sqlite:///basic_auth.db
admin_username = admin
; admin_password is interpolated by Python's configparser
admin_password : fifty%%=percent
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
grant_default_workspace_access = True
workspace_cache_max_size = 10000
`), "basic_auth.ini")
	want := map[string]string{
		"default-permission": "NO_PERMISSIONS", "admin-username": "admin", "admin-password-file": "fifty%=percent", "grant-default-workspace-access": "True",
	}
	if len(errs) > 0 || len(got) != len(want) {
		t.Fatalf("got %v, %v", got, errs)
	}
	for name, text := range want {
		if got[name].texts[0] != text {
			t.Errorf("%s: %q, want %q", name, got[name].texts, text)
		}
	}
}
