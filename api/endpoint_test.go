package api

import (
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// TestEveryEndpointIsInTheRouteTable: what the proxy's check does not know as ours never gets here, and what it sends here must be answered.
func TestEveryEndpointIsInTheRouteTable(t *testing.T) {
	ours := map[Endpoint]bool{}
	for _, e := range Endpoints() {
		ours[e] = true
	}
	table := map[Endpoint]bool{}
	for _, row := range mlflow.Rows() {
		if row.Access != authz.AccessAuthAPI && row.Access != authz.AccessOwnPassword {
			continue
		}
		for _, path := range mlflow.Paths(row.Path) {
			table[Endpoint{Method: row.Method, Path: path}] = true
		}
	}
	for e := range ours {
		if !table[e] {
			t.Errorf("%s %s is answered by the API, but no row of authz/mlflow delegates it", e.Method, e.Path)
		}
	}
	for e := range table {
		if twin := (Endpoint{e.Method, strings.Replace(e.Path, "/ajax-api/", "/api/", 1)}); !ours[e] && !ours[twin] {
			t.Errorf("%s %s is delegated by authz/mlflow, but the API has no such endpoint", e.Method, e.Path)
		}
	}
}
