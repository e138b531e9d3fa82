package mlflow

import "extauthz/authz"

// authAPI is MLflow's auth REST API, both generations, and what it lacks, which this service serves itself: Envoy sends these requests to it.
func authAPI() []Row {
	rows := []Row{
		ownPassword("PATCH", "/api/2.0/mlflow/users/update-password", "UpdateUserPassword"),
		ownPassword("GET", "/api/2.0/mlflow/users/current", "GetCurrentUser"),
		ownPassword("GET", "/api/1.0/extauthz/users/current", "WhoAmI"),
	}
	for _, family := range [][]served{users(), roles(), permissionsUpTo312(), ownAPI()} {
		for _, s := range family {
			rows = append(rows, Row{Method: s.method, Path: "/api/" + s.path, Operation: s.operation, Access: authz.AccessAuthAPI, Body: AnyBody})
		}
	}
	for _, s := range pages() {
		rows = append(rows, Row{Method: s.method, Path: s.path, Operation: s.operation, Access: authz.AccessAuthAPI, Body: AnyBody})
	}
	return rows
}

// served is an operation that this service serves.
type served struct{ method, path, operation string }

func users() []served {
	return []served{
		{"POST", "2.0/mlflow/users/create", "CreateUser"},
		{"GET", "2.0/mlflow/users/get", "GetUser"},
		{"POST", "2.0/mlflow/users/create-ui", "CreateUserUI"},
		{"GET", "2.0/mlflow/users/list", "ListUsers"},
		{"PATCH", "2.0/mlflow/users/update-admin", "UpdateUserAdmin"},
		{"DELETE", "2.0/mlflow/users/delete", "DeleteUser"},
		{"GET", "3.0/mlflow/users/current/permissions", "ListCurrentUserPermissions"},
		{"POST", "3.0/mlflow/users/permissions/grant", "GrantUserPermission"},
		{"POST", "3.0/mlflow/users/permissions/revoke", "RevokeUserPermission"},
		{"GET", "3.0/mlflow/users/permissions/get", "GetUserPermission"},
		{"GET", "3.0/mlflow/users/permissions/list", "ListUserPermissions"},
		{"GET", "3.0/mlflow/users/roles/list", "ListUserRoles"},
	}
}

func roles() []served {
	return []served{
		{"POST", "3.0/mlflow/roles/create", "CreateRole"},
		{"GET", "3.0/mlflow/roles/get", "GetRole"},
		{"GET", "3.0/mlflow/roles/list", "ListRoles"},
		{"PATCH", "3.0/mlflow/roles/update", "UpdateRole"},
		{"DELETE", "3.0/mlflow/roles/delete", "DeleteRole"},
		{"POST", "3.0/mlflow/roles/permissions/add", "AddRolePermission"},
		{"PATCH", "3.0/mlflow/roles/permissions/update", "UpdateRolePermission"},
		{"DELETE", "3.0/mlflow/roles/permissions/remove", "RemoveRolePermission"},
		{"GET", "3.0/mlflow/roles/permissions/list", "ListRolePermissions"},
		{"POST", "3.0/mlflow/roles/assign", "AssignRole"},
		{"DELETE", "3.0/mlflow/roles/unassign", "UnassignRole"},
		{"GET", "3.0/mlflow/roles/users/list", "ListRoleUsers"},
	}
}

// permissionsUpTo312 has an endpoint for each kind of resource, which MLflow 3.13 put one for all of them in the place of.
func permissionsUpTo312() []served {
	var all []served
	for _, of := range []struct{ path, kind string }{
		{"2.0/mlflow/experiments", "Experiment"},
		{"2.0/mlflow/registered-models", "RegisteredModel"},
		{"3.0/mlflow/scorers", "Scorer"},
		{"3.0/mlflow/gateway/secrets", "GatewaySecret"},
		{"3.0/mlflow/gateway/endpoints", "GatewayEndpoint"},
		{"3.0/mlflow/gateway/model-definitions", "GatewayModelDefinition"},
	} {
		all = append(all,
			served{"POST", of.path + "/permissions/create", "Create" + of.kind + "Permission"},
			served{"GET", of.path + "/permissions/get", "Get" + of.kind + "Permission"},
			served{"PATCH", of.path + "/permissions/update", "Update" + of.kind + "Permission"},
			served{"DELETE", of.path + "/permissions/delete", "Delete" + of.kind + "Permission"},
		)
	}
	return append(all,
		served{"GET", "3.0/mlflow/workspaces/<workspace_name>/permissions", "ListWorkspacePermissions"},
		served{"POST", "3.0/mlflow/workspaces/<workspace_name>/permissions", "SetWorkspacePermission"},
		served{"DELETE", "3.0/mlflow/workspaces/<workspace_name>/permissions", "DeleteWorkspacePermission"},
		served{"GET", "3.0/mlflow/workspace-permissions", "ListUserWorkspacePermissions"},
	)
}

// ownAPI is what administrators need and MLflow's API does not have.
func ownAPI() []served {
	return []served{
		{"POST", "1.0/extauthz/explain", "Explain"},
		{"POST", "1.0/extauthz/tokens/create", "CreateToken"},
		{"GET", "1.0/extauthz/tokens/list", "ListTokens"},
		{"DELETE", "1.0/extauthz/tokens/delete", "DeleteToken"},
		{"POST", "1.0/extauthz/access-keys/create", "CreateAccessKey"},
		{"GET", "1.0/extauthz/access-keys/list", "ListAccessKeys"},
		{"DELETE", "1.0/extauthz/access-keys/delete", "DeleteAccessKey"},
		{"GET", "1.0/extauthz/audit/list", "ListAudit"},
		{"GET", "1.0/extauthz/users/list", "ListAccounts"},
		{"PATCH", "1.0/extauthz/users/rename", "RenameUser"},
		{"PATCH", "1.0/extauthz/users/update-disabled", "UpdateUserDisabled"},
		{"POST", "1.0/extauthz/users/create-service-account", "CreateServiceAccount"},
		{"PATCH", "1.0/extauthz/roles/update-default", "UpdateRoleDefault"},
		{"POST", "1.0/extauthz/permissions/set", "SetPermission"},
		{"POST", "1.0/extauthz/permissions/unset", "UnsetPermission"},
		{"GET", "1.0/extauthz/access/who-can", "WhoCan"},
		{"GET", "1.0/extauthz/access/what-can", "WhatCan"},
		{"GET", "1.0/extauthz/state/export", "ExportState"},
		{"POST", "1.0/extauthz/state/apply", "ApplyState"},
		{"GET", "1.0/extauthz/state/backup", "BackUpState"},
		{"GET", "1.0/extauthz/openapi.json", "GetOpenAPI"},
	}
}

// pages are MLflow's sign-up form and our own pages, which stand below no /api.
func pages() []served {
	return []served{
		{"GET", "/signup", "SignUpPage"},
		{"GET", "/extauthz", "Pages"},
		{"GET", "/extauthz/", "StartPage"},
		{"GET", "/extauthz/style.css", "PageStyle"},
		{"GET", "/extauthz/tokens", "TokenPage"},
		{"POST", "/extauthz/tokens/create", "TokenPageCreate"},
		{"POST", "/extauthz/tokens/revoke", "TokenPageRevoke"},
		{"GET", "/extauthz/access-keys", "AccessKeyPage"},
		{"POST", "/extauthz/access-keys/create", "AccessKeyPageCreate"},
		{"POST", "/extauthz/access-keys/revoke", "AccessKeyPageRevoke"},
		{"GET", "/extauthz/access", "AccessPage"},
		{"GET", "/extauthz/audit", "AuditPage"},
	}
}
