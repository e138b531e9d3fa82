package api

import (
	"time"

	"extauthz/authz"
	"extauthz/store"
)

type roleObject struct {
	// DefaultPermission is ours, and only there when it is set.
	DefaultPermission string             `json:"default_permission,omitzero"`
	Description       *string            `json:"description"`
	ID                uint64             `json:"id"`
	Name              string             `json:"name"`
	Permissions       []permissionObject `json:"permissions"`
	Workspace         string             `json:"workspace"`
}

type permissionObject struct {
	ID              uint64 `json:"id"`
	Permission      string `json:"permission"`
	ResourcePattern string `json:"resource_pattern"`
	ResourceType    string `json:"resource_type"`
	RoleID          uint64 `json:"role_id"`
}

type assignmentObject struct {
	ID     uint64 `json:"id"`
	RoleID uint64 `json:"role_id"`
	UserID uint64 `json:"user_id"`
}

// objects renders a list, which is never null.
func objects[From, To any](all []From, render func(From) To) []To {
	to := make([]To, 0, len(all))
	for _, one := range all {
		to = append(to, render(one))
	}
	return to
}

func roleObjectOf(r role) roleObject {
	o := roleObject{
		DefaultPermission: r.Default.String(), ID: r.ID, Name: r.Name, Permissions: objects(r.Grants, permissionObjectOf), Workspace: r.Workspace,
	}
	if r.Description != "" {
		o.Description = &r.Description
	}
	return o
}

func permissionObjectOf(g store.Grant) permissionObject {
	return permissionObject{
		ID: g.ID, Permission: g.Permission.String(), ResourcePattern: g.Resource.ID, ResourceType: string(g.Resource.Kind), RoleID: g.Holder,
	}
}

func assignmentObjectOf(a store.Assignment) assignmentObject {
	return assignmentObject{ID: a.ID, RoleID: a.RoleID, UserID: a.UserID}
}

type roleAnswer struct {
	Role roleObject `json:"role"`
}

func oneRole[In any](_ In, r role) roleAnswer { return roleAnswer{roleObjectOf(r)} }

type roleListAnswer struct {
	Roles []roleObject `json:"roles"`
}

func roleList[In any](_ In, all []role) roleListAnswer {
	return roleListAnswer{objects(all, roleObjectOf)}
}

type permissionAnswer struct {
	RolePermission permissionObject `json:"role_permission"`
}

func onePermission[In any](_ In, g store.Grant) permissionAnswer {
	return permissionAnswer{permissionObjectOf(g)}
}

type permissionListAnswer struct {
	RolePermissions []permissionObject `json:"role_permissions"`
}

func permissionList(_ byRole, r role) permissionListAnswer {
	return permissionListAnswer{objects(r.Grants, permissionObjectOf)}
}

type assignmentAnswer struct {
	Assignment assignmentObject `json:"assignment"`
}

func oneAssignment(_ assignment, a store.Assignment) assignmentAnswer {
	return assignmentAnswer{assignmentObjectOf(a)}
}

type assignmentListAnswer struct {
	Assignments []assignmentObject `json:"assignments"`
}

func assignmentList(_ byRole, all []store.Assignment) assignmentListAnswer {
	return assignmentListAnswer{objects(all, assignmentObjectOf)}
}

// workspaceObject is a grant on a workspace as a whole.
type workspaceObject struct {
	CanUse     bool   `json:"can_use"`
	Permission string `json:"permission"`
	UserID     uint64 `json:"user_id"`
	Workspace  string `json:"workspace"`
}

func workspaceObjectOf(g store.Grant) workspaceObject {
	return workspaceObject{
		CanUse: g.Permission.Allows(authz.CanUse), Permission: g.Permission.String(), UserID: g.Holder, Workspace: g.Resource.Workspace,
	}
}

type workspaceGrantAnswer struct {
	Permission workspaceObject `json:"permission"`
}

func oneWorkspaceGrant(_ workspaceGrant, g store.Grant) workspaceGrantAnswer {
	return workspaceGrantAnswer{workspaceObjectOf(g)}
}

type workspaceGrantListAnswer struct {
	Permissions []workspaceObject `json:"permissions"`
}

func workspaceGrantList[In any](_ In, all []store.Grant) workspaceGrantListAnswer {
	return workspaceGrantListAnswer{objects(all, workspaceObjectOf)}
}

// accountObject is a user with what only this service knows of it.
type accountObject struct {
	CreatedAt          time.Time `json:"created_at"`
	Disabled           bool      `json:"disabled"`
	ID                 uint64    `json:"id"`
	IsAdmin            bool      `json:"is_admin"`
	MustChangePassword bool      `json:"must_change_password"`
	ServiceAccount     bool      `json:"service_account"`
	Username           string    `json:"username"`
}

func accountObjectOf(u store.User) accountObject {
	return accountObject{
		CreatedAt: u.CreatedAt.UTC(), Disabled: u.Disabled, ID: u.ID, IsAdmin: u.Admin, MustChangePassword: u.MustChangePassword,
		ServiceAccount: u.ServiceAccount, Username: u.Username,
	}
}

type accountAnswer struct {
	User accountObject `json:"user"`
}

func oneAccount[In any](_ In, u store.User) accountAnswer { return accountAnswer{accountObjectOf(u)} }

type accountListAnswer struct {
	Users []accountObject `json:"users"`
}

func accountList(_ noInput, all []store.User) accountListAnswer {
	return accountListAnswer{objects(all, accountObjectOf)}
}
