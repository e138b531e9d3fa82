package api

// summaries say in the OpenAPI document what each operation does that is there once.
var summaries = map[string]string{
	"CreateUser":         "Makes an account. For admins and workspace admins.",
	"GetUser":            "An account and what is granted to it. For the user and admins.",
	"ListUsers":          "All accounts, with those of their roles that the caller may see. For who may use the workspace.",
	"GetCurrentUser":     "Who the caller is, in MLflow's words.",
	"UpdateUserPassword": "Sets a password. For the user and admins.",
	"UpdateUserAdmin":    "Makes a user an admin, or takes that back. For admins; the last one stays.",
	"DeleteUser":         "Deletes an account and everything granted to it. For admins, but for the own account.",

	"ListCurrentUserPermissions": "What is granted to the caller, directly and by roles.",
	"GrantUserPermission":        "Grants a user a permission on a resource. For who has MANAGE on it.",
	"RevokeUserPermission":       "Takes a user's own permission on a resource back. For who has MANAGE on it.",
	"GetUserPermission":          "What a user may do with a resource in the end. For the user, admins and workspace admins.",
	"ListUserPermissions":        "What is granted to a user, directly and by roles. For the user, admins and, in part, workspace admins.",
	"ListUserRoles":              "The roles of a user. For the user, admins and, in part, workspace admins.",

	"Explain":         "How a request is or was decided, and how it would be with other grants. For admins.",
	"CreateToken":     "Issues a token, which is shown once. For the user and admins.",
	"ListTokens":      "The tokens of a user, without their secrets. For the user and admins.",
	"DeleteToken":     "Revokes a token. For the user and admins.",
	"CreateAccessKey": "Issues an access key for AWS Signature Version 4, whose secret is shown once. For the user and admins.",
	"ListAccessKeys":  "The access keys of a user, without their secrets. For the user and admins.",
	"DeleteAccessKey": "Revokes an access key. For the user and admins.",

	"CreateRole":           "Makes a role in a workspace. For admins of the workspace.",
	"GetRole":              "A role and what it holds. For admins of its workspace, and who has a role there.",
	"ListRoles":            "The roles of workspaces, or of all for admins.",
	"UpdateRole":           "Changes a role's name or description. For admins of its workspace.",
	"DeleteRole":           "Deletes a role, and takes it from everybody who has it. For admins of its workspace.",
	"AddRolePermission":    "Grants a role a permission in its workspace. For admins of it.",
	"UpdateRolePermission": "Changes a permission by its id. For admins of the workspace.",
	"RemoveRolePermission": "Takes a permission back by its id. For admins of the workspace.",
	"ListRolePermissions":  "What a role holds. For admins of its workspace, and who has a role there.",
	"AssignRole":           "Gives a user a role. For admins of its workspace.",
	"UnassignRole":         "Takes a role from a user. For admins of its workspace.",
	"ListRoleUsers":        "Who has a role. For admins of its workspace.",

	"ListWorkspacePermissions":     "Who has a permission on a workspace as a whole. For admins of it.",
	"SetWorkspacePermission":       "Grants a user a permission on a workspace as a whole, or changes it. For admins of it.",
	"DeleteWorkspacePermission":    "Takes a user's permission on a workspace as a whole back. For admins of it.",
	"ListUserWorkspacePermissions": "The workspaces that a user has a permission on. For admins.",

	"ListAudit":            "What happened, newest first. For admins.",
	"ListAccounts":         "Every account with all that is known of it. For admins.",
	"RenameUser":           "Gives an account another name; it keeps everything. For admins.",
	"UpdateUserDisabled":   "Locks an account, or opens it again. For admins.",
	"CreateServiceAccount": "Makes an account for a program, which never has a password. For admins.",
	"UpdateRoleDefault":    "Sets what takes the place of the default permission for who has the role. For admins.",
	"WhoAmI":               "Who the caller is, how they signed in, and their roles.",
	"SetPermission":        "Grants a user or a role a permission, whatever was granted before. For who has MANAGE on the resource.",
	"UnsetPermission":      "Takes it back. For who has MANAGE on the resource.",
	"WhoCan":               "Who can do something to a resource, and why. For who has MANAGE on it.",
	"WhatCan":              "What a user has a permission on, and why. For the user, admins and, in part, workspace admins.",
	"ExportState":          "The whole state as a document. For admins.",
	"ApplyState":           "Makes the state what a document says, all of it or nothing. For admins.",
	"BackUpState":          "A copy of the store's file. For admins.",
	"GetOpenAPI":           "This document. For everybody who is signed in.",
}

// summary is for every operation, those of the families included.
func summary(operation string) string {
	if text, ok := summaries[operation]; ok {
		return text
	}
	verbs := map[string]string{
		"Create": "Grants a user a permission", "Get": "What is granted to a user", "Update": "Changes a user's permission",
		"Delete": "Takes a user's permission back",
	}
	for _, f := range families() {
		for verb, text := range verbs {
			if f.operation(verb) == operation {
				return text + " on a resource of this kind. For who has MANAGE on it."
			}
		}
	}
	return ""
}
