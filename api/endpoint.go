package api

import (
	"context"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Endpoint is one method and path that this API answers.
type Endpoint struct {
	Method string
	Path   string
}

// Endpoints lists all of them without a static prefix, so that whoever routes requests here can be checked against it.
func Endpoints() []Endpoint {
	var all []Endpoint
	for _, e := range (&operations{}).endpoints() {
		for _, path := range e.paths() {
			all = append(all, Endpoint{Method: e.method, Path: path})
		}
	}
	for _, s := range (&site{}).screens() {
		all = append(all, Endpoint{Method: s.method, Path: s.path})
	}
	return all
}

// endpoint is a row of the table: one operation of MLflow's REST API.
type endpoint struct {
	method string
	path   string
	serve  action
}

// action decodes an operation's input, carries it out and renders the answer.
type action func(ctx context.Context, c caller, input jsontext.Value) (any, error)

func (o *operations) endpoints() []endpoint {
	all := []endpoint{
		{"POST", "/api/2.0/mlflow/users/create", serve(o.createUser, fullUser)},
		{"GET", "/api/2.0/mlflow/users/get", serve(o.getUser, fullUser)},
		{"GET", "/api/2.0/mlflow/users/list", serve(o.listUsers, userList)},
		{"GET", "/api/2.0/mlflow/users/current", serve(o.currentUser, current)},
		{"PATCH", "/api/2.0/mlflow/users/update-password", serve(o.updatePassword, empty)},
		{"PATCH", "/api/2.0/mlflow/users/update-admin", serve(o.updateAdmin, empty)},
		{"DELETE", "/api/2.0/mlflow/users/delete", serve(o.deleteUser, empty)},
		{"GET", "/api/3.0/mlflow/users/current/permissions", serve(o.currentGrants, grantList)},

		{"POST", "/api/3.0/mlflow/users/permissions/grant", serve(grant[resourceGrant](o.createGrant), empty)},
		{"POST", "/api/3.0/mlflow/users/permissions/revoke", serve(grant[resourceKey](o.deleteGrant), empty)},
		{"GET", "/api/3.0/mlflow/users/permissions/get", serve(grant[resourceKey](o.effectivePermission), effectiveLevel)},
		{"GET", "/api/3.0/mlflow/users/permissions/list", serve(o.shown, grantList)},
		{"GET", "/api/3.0/mlflow/users/roles/list", serve(o.listUserRoles, roleList)},

		{"POST", "/api/1.0/extauthz/explain", serve(o.explain, explanation)},
		{"POST", "/api/1.0/extauthz/tokens/create", serve(o.createToken, tokenMade)},
		{"GET", "/api/1.0/extauthz/tokens/list", serve(o.listTokens, credentialList)},
		{"DELETE", "/api/1.0/extauthz/tokens/delete", serve(o.deleteToken, empty)},
		{"POST", "/api/1.0/extauthz/access-keys/create", serve(o.createAccessKey, accessKeyMade)},
		{"GET", "/api/1.0/extauthz/access-keys/list", serve(o.listAccessKeys, credentialList)},
		{"DELETE", "/api/1.0/extauthz/access-keys/delete", serve(o.deleteAccessKey, empty)},

		{"POST", "/api/3.0/mlflow/roles/create", serve(o.createRole, oneRole)},
		{"GET", "/api/3.0/mlflow/roles/get", serve(o.getRole, oneRole)},
		{"GET", "/api/3.0/mlflow/roles/list", serve(o.listRoles, roleList)},
		{"PATCH", "/api/3.0/mlflow/roles/update", serve(o.updateRole, oneRole)},
		{"DELETE", "/api/3.0/mlflow/roles/delete", serve(o.deleteRole, empty)},
		{"POST", "/api/3.0/mlflow/roles/permissions/add", serve(o.addRolePermission, onePermission)},
		{"PATCH", "/api/3.0/mlflow/roles/permissions/update", serve(o.updateRolePermission, onePermission)},
		{"DELETE", "/api/3.0/mlflow/roles/permissions/remove", serve(o.removeRolePermission, empty)},
		{"GET", "/api/3.0/mlflow/roles/permissions/list", serve(o.getRole, permissionList)},
		{"POST", "/api/3.0/mlflow/roles/assign", serve(o.assign, oneAssignment)},
		{"DELETE", "/api/3.0/mlflow/roles/unassign", serve(o.unassign, empty)},
		{"GET", "/api/3.0/mlflow/roles/users/list", serve(o.listRoleUsers, assignmentList)},

		{"GET", "/api/3.0/mlflow/workspaces/<workspace_name>/permissions", serve(o.listWorkspaceGrants, workspaceGrantList)},
		{"POST", "/api/3.0/mlflow/workspaces/<workspace_name>/permissions", serve(o.setWorkspaceGrant, oneWorkspaceGrant)},
		{"DELETE", "/api/3.0/mlflow/workspaces/<workspace_name>/permissions", serve(o.deleteWorkspaceGrant, noContent)},
		{"GET", "/api/3.0/mlflow/workspace-permissions", serve(o.listUserWorkspaceGrants, workspaceGrantList)},

		{"GET", "/api/1.0/extauthz/audit/list", serve(o.listAudit, auditList)},
		{"GET", "/api/1.0/extauthz/users/list", serve(o.listAccounts, accountList)},
		{"PATCH", "/api/1.0/extauthz/users/rename", serve(o.renameUser, oneAccount)},
		{"PATCH", "/api/1.0/extauthz/users/update-disabled", serve(o.updateDisabled, oneAccount)},
		{"POST", "/api/1.0/extauthz/users/create-service-account", serve(o.createServiceAccount, oneAccount)},
		{"PATCH", "/api/1.0/extauthz/roles/update-default", serve(o.updateRoleDefault, oneRole)},

		{"GET", "/api/1.0/extauthz/users/current", serve(o.whoAmI, oneself)},
		{"POST", "/api/1.0/extauthz/permissions/set", serve(o.setGrant, oneSetting)},
		{"POST", "/api/1.0/extauthz/permissions/unset", serve(o.unsetGrant, oneSetting)},
		{"GET", "/api/1.0/extauthz/access/who-can", serve(o.whoCan, accessList)},
		{"GET", "/api/1.0/extauthz/access/what-can", serve(o.whatCan, holdingsOf)},
	}
	for _, f := range families() {
		all = append(all, f.endpoints(o)...)
	}
	return all
}

// paths are where the endpoint answers. What MLflow's web UI calls has a twin at /ajax-api; the generation up to 3.12 never had one.
func (e endpoint) paths() []string {
	if !strings.Contains(e.path, "/mlflow/users/") && !strings.Contains(e.path, "/mlflow/roles/") && !strings.Contains(e.path, "/extauthz/") {
		return []string{e.path}
	}
	return []string{e.path, strings.Replace(e.path, "/api/", "/ajax-api/", 1)}
}

// patterns are the paths as http.ServeMux writes them, each with and without the prefix.
func (e endpoint) patterns(prefix string) []string {
	var all []string
	for _, p := range e.paths() {
		p = strings.NewReplacer("<", "{", ">", "}").Replace(p)
		if all = append(all, p); prefix != "" {
			all = append(all, prefix+p)
		}
	}
	return all
}

// variable is the name of the parameter that stands in the path; "" for none.
func (e endpoint) variable() string {
	_, rest, _ := strings.Cut(e.path, "<")
	name, _, _ := strings.Cut(rest, ">")
	return name
}

// repeats is the name of the parameter that may stand in a query more than once; "" for none.
func (e endpoint) repeats() string {
	if strings.HasSuffix(e.path, "/roles/list") && !strings.Contains(e.path, "/users/") {
		return "workspace"
	}
	return ""
}

// serve makes an action of a typed operation.
func serve[In, Out any](do func(context.Context, caller, In) (Out, error), render func(In, Out) any) action {
	return func(ctx context.Context, c caller, input jsontext.Value) (any, error) {
		in, err := decode[In](input)
		if err != nil {
			return nil, err
		}
		out, err := do(ctx, c, in)
		if err != nil {
			return nil, err
		}
		return render(in, out), nil
	}
}
