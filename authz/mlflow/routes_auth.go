package mlflow

import "extauthz/authz"

// authAPI is MLflow's auth REST API, both generations, which this service serves itself: Envoy sends these requests to it.
func authAPI() []Row {
	rows := []Row{
		ownPassword("PATCH", "/api/2.0/mlflow/users/update-password", "UpdateUserPassword"),
		ownPassword("GET", "/api/2.0/mlflow/users/current", "GetCurrentUser"),
	}
	for _, e := range []struct{ method, path, operation string }{
		{"POST", "2.0/mlflow/users/create", "CreateUser"},
		{"GET", "2.0/mlflow/users/get", "GetUser"},
		{"GET", "2.0/mlflow/users/list", "ListUsers"},
		{"PATCH", "2.0/mlflow/users/update-admin", "UpdateUserAdmin"},
		{"DELETE", "2.0/mlflow/users/delete", "DeleteUser"},
		{"GET", "3.0/mlflow/users/current/permissions", "ListCurrentUserPermissions"},
		{"POST", "3.0/mlflow/users/permissions/grant", "GrantUserPermission"},
		{"POST", "3.0/mlflow/users/permissions/revoke", "RevokeUserPermission"},
		{"GET", "3.0/mlflow/users/permissions/get", "GetUserPermission"},
		{"GET", "3.0/mlflow/users/permissions/list", "ListUserPermissions"},
		{"GET", "3.0/mlflow/users/roles/list", "ListUserRoles"},
		{"POST", "1.0/extauthz/tokens/create", "CreateToken"},
		{"GET", "1.0/extauthz/tokens/list", "ListTokens"},
		{"DELETE", "1.0/extauthz/tokens/delete", "DeleteToken"},
		{"POST", "1.0/extauthz/access-keys/create", "CreateAccessKey"},
		{"GET", "1.0/extauthz/access-keys/list", "ListAccessKeys"},
		{"DELETE", "1.0/extauthz/access-keys/delete", "DeleteAccessKey"},
		{"POST", "2.0/mlflow/experiments/permissions/create", "CreateExperimentPermission"},
		{"GET", "2.0/mlflow/experiments/permissions/get", "GetExperimentPermission"},
		{"PATCH", "2.0/mlflow/experiments/permissions/update", "UpdateExperimentPermission"},
		{"DELETE", "2.0/mlflow/experiments/permissions/delete", "DeleteExperimentPermission"},
		{"POST", "2.0/mlflow/registered-models/permissions/create", "CreateRegisteredModelPermission"},
		{"GET", "2.0/mlflow/registered-models/permissions/get", "GetRegisteredModelPermission"},
		{"PATCH", "2.0/mlflow/registered-models/permissions/update", "UpdateRegisteredModelPermission"},
		{"DELETE", "2.0/mlflow/registered-models/permissions/delete", "DeleteRegisteredModelPermission"},
	} {
		rows = append(rows, Row{Method: e.method, Path: "/api/" + e.path, Operation: e.operation, Access: authz.AccessAuthAPI, Body: AnyBody})
	}
	return rows
}
