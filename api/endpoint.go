package api

import (
	"context"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"extauthz/api/openapi"
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

// endpoint is a row of the table: one operation of the REST API. Its name is that in the route table of authz/mlflow, too.
type endpoint struct {
	method    string
	path      string
	operation string
	action
}

// action is an operation as every face has it: JSON in, JSON out, and the schemas of both, which are those of the types that are decoded and
// encoded.
type action struct {
	do      func(ctx context.Context, c caller, input jsontext.Value) (any, error)
	input   *openapi.Schema
	success func(openapi.Definitions) openapi.Success
	// typed is the operation that does the same for every kind of resource; "" when that is this one.
	typed string
}

func (o *operations) endpoints() []endpoint {
	all := []endpoint{
		{"POST", "/api/2.0/mlflow/users/create", "CreateUser", serve(o.createUser, fullUser)},
		{"GET", "/api/2.0/mlflow/users/get", "GetUser", serve(o.getUser, fullUser)},
		{"GET", "/api/2.0/mlflow/users/list", "ListUsers", serve(o.listUsers, userList)},
		{"GET", "/api/2.0/mlflow/users/current", "GetCurrentUser", serve(o.currentUser, current)},
		{"PATCH", "/api/2.0/mlflow/users/update-password", "UpdateUserPassword", serve(o.updatePassword, empty)},
		{"PATCH", "/api/2.0/mlflow/users/update-admin", "UpdateUserAdmin", serve(o.updateAdmin, empty)},
		{"DELETE", "/api/2.0/mlflow/users/delete", "DeleteUser", serve(o.deleteUser, empty)},
		{"GET", "/api/3.0/mlflow/users/current/permissions", "ListCurrentUserPermissions", serve(o.currentGrants, grantList)},

		{"POST", "/api/3.0/mlflow/users/permissions/grant", "GrantUserPermission", serve(grant[resourceGrant](o.createGrant), empty)},
		{"POST", "/api/3.0/mlflow/users/permissions/revoke", "RevokeUserPermission", serve(grant[resourceKey](o.deleteGrant), empty)},
		{"GET", "/api/3.0/mlflow/users/permissions/get", "GetUserPermission", serve(grant[resourceKey](o.effectivePermission), effectiveLevel)},
		{"GET", "/api/3.0/mlflow/users/permissions/list", "ListUserPermissions", serve(o.shown, grantList)},
		{"GET", "/api/3.0/mlflow/users/roles/list", "ListUserRoles", serve(o.listUserRoles, roleList)},

		{"POST", "/api/1.0/extauthz/explain", "Explain", serve(o.explain, explanation)},
		{"POST", "/api/1.0/extauthz/tokens/create", "CreateToken", serve(o.createToken, tokenMade)},
		{"GET", "/api/1.0/extauthz/tokens/list", "ListTokens", serve(o.listTokens, credentialList)},
		{"DELETE", "/api/1.0/extauthz/tokens/delete", "DeleteToken", serve(o.deleteToken, empty)},
		{"POST", "/api/1.0/extauthz/access-keys/create", "CreateAccessKey", serve(o.createAccessKey, accessKeyMade)},
		{"GET", "/api/1.0/extauthz/access-keys/list", "ListAccessKeys", serve(o.listAccessKeys, credentialList)},
		{"DELETE", "/api/1.0/extauthz/access-keys/delete", "DeleteAccessKey", serve(o.deleteAccessKey, empty)},

		{"POST", "/api/3.0/mlflow/roles/create", "CreateRole", serve(o.createRole, oneRole)},
		{"GET", "/api/3.0/mlflow/roles/get", "GetRole", serve(o.getRole, oneRole)},
		{"GET", "/api/3.0/mlflow/roles/list", "ListRoles", serve(o.listRoles, roleList)},
		{"PATCH", "/api/3.0/mlflow/roles/update", "UpdateRole", serve(o.updateRole, oneRole)},
		{"DELETE", "/api/3.0/mlflow/roles/delete", "DeleteRole", serve(o.deleteRole, empty)},
		{"POST", "/api/3.0/mlflow/roles/permissions/add", "AddRolePermission", serve(o.addRolePermission, onePermission)},
		{"PATCH", "/api/3.0/mlflow/roles/permissions/update", "UpdateRolePermission", serve(o.updateRolePermission, onePermission)},
		{"DELETE", "/api/3.0/mlflow/roles/permissions/remove", "RemoveRolePermission", serve(o.removeRolePermission, empty)},
		{"GET", "/api/3.0/mlflow/roles/permissions/list", "ListRolePermissions", serve(o.getRole, permissionList)},
		{"POST", "/api/3.0/mlflow/roles/assign", "AssignRole", serve(o.assign, oneAssignment)},
		{"DELETE", "/api/3.0/mlflow/roles/unassign", "UnassignRole", serve(o.unassign, empty)},
		{"GET", "/api/3.0/mlflow/roles/users/list", "ListRoleUsers", serve(o.listRoleUsers, assignmentList)},

		{"GET", "/api/3.0/mlflow/workspaces/<workspace_name>/permissions", "ListWorkspacePermissions", serve(o.listWorkspaceGrants, workspaceGrantList)},
		{"POST", "/api/3.0/mlflow/workspaces/<workspace_name>/permissions", "SetWorkspacePermission", serve(o.setWorkspaceGrant, oneWorkspaceGrant)},
		{"DELETE", "/api/3.0/mlflow/workspaces/<workspace_name>/permissions", "DeleteWorkspacePermission", serve(o.deleteWorkspaceGrant, noContent)},
		{"GET", "/api/3.0/mlflow/workspace-permissions", "ListUserWorkspacePermissions", serve(o.listUserWorkspaceGrants, workspaceGrantList)},

		{"GET", "/api/1.0/extauthz/audit/list", "ListAudit", serve(o.listAudit, auditList)},
		{"GET", "/api/1.0/extauthz/users/list", "ListAccounts", serve(o.listAccounts, accountList)},
		{"PATCH", "/api/1.0/extauthz/users/rename", "RenameUser", serve(o.renameUser, oneAccount)},
		{"PATCH", "/api/1.0/extauthz/users/update-disabled", "UpdateUserDisabled", serve(o.updateDisabled, oneAccount)},
		{"POST", "/api/1.0/extauthz/users/create-service-account", "CreateServiceAccount", serve(o.createServiceAccount, oneAccount)},
		{"PATCH", "/api/1.0/extauthz/roles/update-default", "UpdateRoleDefault", serve(o.updateRoleDefault, oneRole)},

		{"GET", "/api/1.0/extauthz/users/current", "WhoAmI", serve(o.whoAmI, oneself)},
		{"POST", "/api/1.0/extauthz/permissions/set", "SetPermission", serve(o.setGrant, oneSetting)},
		{"POST", "/api/1.0/extauthz/permissions/unset", "UnsetPermission", serve(o.unsetGrant, oneSetting)},
		{"GET", "/api/1.0/extauthz/access/who-can", "WhoCan", serve(o.whoCan, accessList)},
		{"GET", "/api/1.0/extauthz/access/what-can", "WhatCan", serve(o.whatCan, holdingsOf)},
		{"GET", "/api/1.0/extauthz/state/export", "ExportState", serve(o.exportState, stateDocument)},
		{"POST", "/api/1.0/extauthz/state/apply", "ApplyState", serve(o.applyState, stateChanges)},
		{"GET", "/api/1.0/extauthz/state/backup", "BackUpState", serve(o.backup, streamed)},
		{"GET", "/api/1.0/extauthz/openapi.json", "GetOpenAPI", serve(o.describe, asDescribed)},
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
		p = asTemplate(p)
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

// largest is how many bytes a body may have.
func (e endpoint) largest() int64 {
	if strings.Contains(e.path, "/extauthz/state/") {
		return largestState
	}
	return largestBody
}

// mayBeRead keeps everybody but admins from having more read and kept than is usual.
func (e endpoint) mayBeRead(c caller) error {
	if e.largest() <= largestBody {
		return nil
	}
	return c.mustBeAdmin()
}

// serve makes an action of a typed operation.
func serve[In, Out, Answer any](do func(context.Context, caller, In) (Out, error), render func(In, Out) Answer) action {
	return action{
		input: openapi.Input[In](), success: answered[Answer],
		do: func(ctx context.Context, c caller, input jsontext.Value) (any, error) {
			in, err := decode[In](input)
			if err != nil {
				return nil, err
			}
			out, err := do(ctx, c, in)
			if err != nil {
				return nil, err
			}
			return render(in, out), nil
		},
	}
}
