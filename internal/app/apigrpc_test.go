package app

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpctls "google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	authpb "extauthz/api/proto"
)

// typedAPI is an App whose auth API is served over gRPC, and a connection to it.
type typedAPI struct {
	*testing.T
	app  *App
	conn *grpc.ClientConn
}

func startTyped(t *testing.T, change func(*Config)) typedAPI {
	t.Helper()
	a := start(t, func(c *Config) {
		c.APIGRPCListen, c.Workspaces = "127.0.0.1:0", true
		c.AccessKeySecrets = strings.Repeat("k", 40)
		if change != nil {
			change(c)
		}
	})
	return typedAPI{t, a, dialTyped(t, a, insecure.NewCredentials())}
}

func dialTyped(t *testing.T, a *App, c grpctls.TransportCredentials) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(a.Addrs().APIGRPC.String(), grpc.WithTransportCredentials(c))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// signedIn adds the password that everybody has here; "" adds nothing.
func signedIn(ctx context.Context, username string) context.Context {
	if username == "" {
		return ctx
	}
	basic := base64.StdEncoding.EncodeToString([]byte(username + ":" + longPassword))
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Basic "+basic)
}

// do calls a method and returns its error; the answer is in out.
func (a typedAPI) do(username, method string, in, out proto.Message) error {
	return a.conn.Invoke(signedIn(a.Context(), username), "/extauthz.v1.AuthService/"+method, in, out)
}

// add makes users.
func (a typedAPI) add(usernames ...string) {
	a.Helper()
	for _, username := range usernames {
		in := &authpb.CreateUserRequest{Username: username, Password: longPassword}
		if err := a.do("admin", "CreateUser", in, &authpb.CreateUserResponse{}); err != nil {
			a.Fatal(err)
		}
	}
}

// reason is REST's error_code of an error.
func reason(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetDomain() == "extauthz" {
			return info.GetReason()
		}
	}
	return ""
}

// forEverybody are the methods that are about the caller.
var forEverybody = []string{"GetCurrentUser", "WhoAmI", "ListCurrentUserPermissions"}

// step is a call that an admin makes; that nobody, and a stranger, may not make it is tried before.
type step struct {
	method string
	in     proto.Message
	out    proto.Message
	holds  func() bool
}

// TestEveryMethod goes through all of them: nobody and a stranger are refused, and the admin gets what the operation answers.
func TestEveryMethod(t *testing.T) {
	a := startTyped(t, nil)
	a.add("alice", "stranger")
	seen := map[string]bool{"BackUpState": true} // below
	for _, s := range story() {
		seen[s.method] = true
		if err := a.do("", s.method, s.in, s.out); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%s as nobody: %v", s.method, err)
		}
		err := a.do("stranger", s.method, s.in, s.out)
		if want := map[bool]codes.Code{true: codes.OK, false: codes.PermissionDenied}[slices.Contains(forEverybody, s.method)]; status.Code(err) != want {
			t.Errorf("%s as a stranger: %v, want %v", s.method, err, want)
		}
		if err := a.do("admin", s.method, s.in, s.out); err != nil || s.holds != nil && !s.holds() {
			t.Errorf("%s: %v %v", s.method, err, s.out)
		}
	}
	for _, m := range authpb.AuthService_ServiceDesc.Methods {
		if !seen[m.MethodName] {
			t.Errorf("%s is not in the story", m.MethodName)
		}
	}
}

// story calls every method but the one that streams, in an order in which each has something to work on.
func story() []step {
	var (
		made    authpb.CreateRoleResponse
		added   authpb.AddRolePermissionResponse
		grant   authpb.GetUserGrantResponse
		level   authpb.GetUserPermissionResponse
		can     authpb.WhoCanResponse
		token   authpb.CreateTokenResponse
		key     authpb.CreateAccessKeyResponse
		tokens  authpb.ListTokensResponse
		keys    authpb.ListAccessKeysResponse
		set     authpb.SetPermissionResponse
		unset   authpb.UnsetPermissionResponse
		roles   authpb.ListUserRolesResponse
		audit   authpb.ListAuditResponse
		explain authpb.ExplainResponse
		me      authpb.WhoAmIResponse
		what    authpb.WhatCanResponse
		ws      authpb.ListWorkspacePermissionsResponse
		export  authpb.ExportStateResponse
		apply   authpb.ApplyStateResponse
	)
	const read, edit, manage = authpb.Permission_PERMISSION_READ, authpb.Permission_PERMISSION_EDIT, authpb.Permission_PERMISSION_MANAGE
	// The ids of a new store: five users come first, and two permissions.
	roleID, permissionID := uint64(6), uint64(3)
	document, _ := structpb.NewStruct(map[string]any{"version": 1, "users": []any{map[string]any{"username": "zoe"}}})
	return []step{
		{"GetCurrentUser", &authpb.GetCurrentUserRequest{}, &authpb.GetCurrentUserResponse{}, nil},
		{"WhoAmI", &authpb.WhoAmIRequest{}, &me, func() bool { return me.GetMethod() == "password" && me.GetUser().GetUsername() == "admin" }},
		{"ListCurrentUserPermissions", &authpb.ListCurrentUserPermissionsRequest{}, &authpb.ListCurrentUserPermissionsResponse{}, nil},
		{"CreateUser", &authpb.CreateUserRequest{Username: "bob", Password: longPassword}, &authpb.CreateUserResponse{}, nil},
		{"GetUser", &authpb.GetUserRequest{Username: "alice"}, &authpb.GetUserResponse{}, nil},
		{"ListUsers", &authpb.ListUsersRequest{}, &authpb.ListUsersResponse{}, nil},
		{"ListAccounts", &authpb.ListAccountsRequest{}, &authpb.ListAccountsResponse{}, nil},
		{"UpdateUserPassword", &authpb.UpdateUserPasswordRequest{Username: "alice", Password: longPassword}, &authpb.UpdateUserPasswordResponse{}, nil},
		{"UpdateUserAdmin", &authpb.UpdateUserAdminRequest{Username: "bob", IsAdmin: proto.Bool(false)}, &authpb.UpdateUserAdminResponse{}, nil},
		{"UpdateUserDisabled", &authpb.UpdateUserDisabledRequest{Username: "bob", Disabled: proto.Bool(true)}, &authpb.UpdateUserDisabledResponse{}, nil},
		{"RenameUser", &authpb.RenameUserRequest{Username: "bob", NewUsername: "rob"}, &authpb.RenameUserResponse{}, nil},
		{"DeleteUser", &authpb.DeleteUserRequest{Username: "rob"}, &authpb.DeleteUserResponse{}, nil},
		{"CreateServiceAccount", &authpb.CreateServiceAccountRequest{Username: "robot"}, &authpb.CreateServiceAccountResponse{}, nil},

		{"GrantUserPermission", &authpb.GrantUserPermissionRequest{Username: "alice", ResourceType: "experiment", ResourceId: "1", Permission: read}, &authpb.GrantUserPermissionResponse{}, nil},
		{"UpdateUserGrant", &authpb.UpdateUserGrantRequest{Username: "alice", ResourceType: "experiment", ResourceId: "1", Permission: edit}, &authpb.UpdateUserGrantResponse{}, nil},
		{"GetUserGrant", &authpb.GetUserGrantRequest{Username: "alice", ResourceType: "experiment", ResourceId: "1"}, &grant, func() bool {
			return proto.Equal(grant.GetPermission(), &authpb.UserGrant{UserId: 2, ResourceType: "experiment", ResourceId: "1", Workspace: "default", Permission: edit})
		}},
		{"GetUserPermission", &authpb.GetUserPermissionRequest{Username: "alice", ResourceType: "experiment", ResourceId: "1"}, &level, func() bool {
			return level.GetPermission() == edit && level.GetAllowed()
		}},
		{"ListUserPermissions", &authpb.ListUserPermissionsRequest{Username: "alice"}, &authpb.ListUserPermissionsResponse{}, nil},
		{"WhoCan", &authpb.WhoCanRequest{Action: "update", ResourceType: "experiment", ResourceId: "1"}, &can, func() bool {
			return len(can.GetUsers()) == 2 && can.GetUsers()[1].GetReason().GetBy() == "grant" && can.GetUsers()[1].GetPermission() == edit
		}},
		{"WhatCan", &authpb.WhatCanRequest{Username: "alice"}, &what, func() bool { return len(what.GetPermissions()) == 1 }},
		{"RevokeUserPermission", &authpb.RevokeUserPermissionRequest{Username: "alice", ResourceType: "experiment", ResourceId: "1"}, &authpb.RevokeUserPermissionResponse{}, nil},
		{"SetPermission", &authpb.SetPermissionRequest{Username: "alice", ResourceType: "experiment", ResourceId: "*", Permission: manage}, &set, func() bool {
			return set.GetPermission().GetPermission() == manage && set.GetPermission().GetBefore() == authpb.Permission_PERMISSION_UNSPECIFIED
		}},
		{"UnsetPermission", &authpb.UnsetPermissionRequest{Username: "alice", ResourceType: "experiment", ResourceId: "*"}, &unset, func() bool {
			return unset.GetPermission().GetBefore() == manage && unset.GetPermission().GetPermission() == authpb.Permission_PERMISSION_UNSPECIFIED
		}},

		{"CreateRole", &authpb.CreateRoleRequest{Name: "readers", Workspace: "default", Description: "who read"}, &made, func() bool { return made.GetRole().GetId() == roleID }},
		{"GetRole", &authpb.GetRoleRequest{RoleId: roleID}, &authpb.GetRoleResponse{}, nil},
		{"ListRoles", &authpb.ListRolesRequest{Workspace: []string{"default"}}, &authpb.ListRolesResponse{}, nil},
		{"UpdateRole", &authpb.UpdateRoleRequest{RoleId: roleID, Description: proto.String("")}, &authpb.UpdateRoleResponse{}, nil},
		{"UpdateRoleDefault", &authpb.UpdateRoleDefaultRequest{RoleId: roleID, DefaultPermission: edit}, &authpb.UpdateRoleDefaultResponse{}, nil},
		{"AddRolePermission", &authpb.AddRolePermissionRequest{RoleId: roleID, ResourceType: "prompt", ResourcePattern: "*", Permission: read}, &added, func() bool {
			return added.GetRolePermission().GetId() == permissionID
		}},
		{"UpdateRolePermission", &authpb.UpdateRolePermissionRequest{RolePermissionId: permissionID, Permission: edit}, &authpb.UpdateRolePermissionResponse{}, nil},
		{"ListRolePermissions", &authpb.ListRolePermissionsRequest{RoleId: roleID}, &authpb.ListRolePermissionsResponse{}, nil},
		{"AssignRole", &authpb.AssignRoleRequest{RoleId: roleID, Username: "alice"}, &authpb.AssignRoleResponse{}, nil},
		{"ListRoleUsers", &authpb.ListRoleUsersRequest{RoleId: roleID}, &authpb.ListRoleUsersResponse{}, nil},
		{"ListUserRoles", &authpb.ListUserRolesRequest{Username: "alice"}, &roles, func() bool {
			return len(roles.GetRoles()) == 1 && roles.GetRoles()[0].GetDefaultPermission() == edit && roles.GetRoles()[0].GetPermissions()[0].GetPermission() == edit
		}},
		{"UnassignRole", &authpb.UnassignRoleRequest{RoleId: roleID, Username: "alice"}, &authpb.UnassignRoleResponse{}, nil},
		{"RemoveRolePermission", &authpb.RemoveRolePermissionRequest{RolePermissionId: permissionID}, &authpb.RemoveRolePermissionResponse{}, nil},
		{"DeleteRole", &authpb.DeleteRoleRequest{RoleId: roleID}, &authpb.DeleteRoleResponse{}, nil},

		{"SetWorkspacePermission", &authpb.SetWorkspacePermissionRequest{WorkspaceName: "team", Username: "alice", Permission: manage}, &authpb.SetWorkspacePermissionResponse{}, nil},
		{"ListWorkspacePermissions", &authpb.ListWorkspacePermissionsRequest{WorkspaceName: "team"}, &ws, func() bool {
			return len(ws.GetPermissions()) == 1 && ws.GetPermissions()[0].GetCanUse()
		}},
		{"ListUserWorkspacePermissions", &authpb.ListUserWorkspacePermissionsRequest{Username: "alice"}, &authpb.ListUserWorkspacePermissionsResponse{}, nil},
		{"DeleteWorkspacePermission", &authpb.DeleteWorkspacePermissionRequest{WorkspaceName: "team", Username: "alice"}, &authpb.DeleteWorkspacePermissionResponse{}, nil},

		{"CreateToken", &authpb.CreateTokenRequest{Username: "alice", Name: "ci", ExpiresIn: proto.Int64(3600), Resources: &authpb.Ceilings{Items: []*authpb.Ceiling{
			{ResourceType: "experiment", ResourceId: "1", Permission: read},
		}}}, &token, func() bool {
			c := token.GetCredential()
			return token.GetToken() != "" && c.GetExpiresAt().AsTime().Sub(c.GetCreatedAt().AsTime()) > 0 && c.GetLastUsedAt() == nil &&
				len(c.GetResources()) == 1 && c.GetResources()[0].GetPermission() == read
		}},
		{"ListTokens", &authpb.ListTokensRequest{Username: "alice"}, &tokens, func() bool { return len(tokens.GetCredentials()) == 1 }},
		{"DeleteToken", &authpb.DeleteTokenRequest{Username: "alice", Name: "ci"}, &authpb.DeleteTokenResponse{}, nil},
		{"CreateAccessKey", &authpb.CreateAccessKeyRequest{Username: "alice", Name: "s3"}, &key, func() bool { return key.GetSecretAccessKey() != "" }},
		{"ListAccessKeys", &authpb.ListAccessKeysRequest{Username: "alice"}, &keys, func() bool {
			return len(keys.GetCredentials()) == 1 && keys.GetCredentials()[0].GetAccessKeyId() == key.GetAccessKeyId()
		}},
		{"DeleteAccessKey", &authpb.DeleteAccessKeyRequest{Username: "alice", Name: "s3"}, &authpb.DeleteAccessKeyResponse{}, nil},

		{"Explain", &authpb.ExplainRequest{
			Username: "alice", Method: "GET", Target: "/api/2.0/mlflow/experiments/get?experiment_id=1", Headers: map[string]string{"Accept": "*/*"},
			Suppose: []*authpb.Supposition{{Username: "alice", ResourceType: "experiment", ResourceId: "1", Permission: read}},
		}, &explain, func() bool {
			return explain.GetOperation() == "GetExperiment" && explain.GetPrincipal().GetUsername() == "alice"
		}},
		{"ListAudit", &authpb.ListAuditRequest{Actor: "admin", Limit: 2, After: timestamppb.Now()}, &authpb.ListAuditResponse{}, nil},
		{"ListAudit", &authpb.ListAuditRequest{Actor: "admin", Action: "user.rename", Limit: 2}, &audit, func() bool {
			return len(audit.GetRecords()) == 0 || audit.GetRecords()[0].GetActor().GetUsername() == "admin"
		}},
		{"ApplyState", &authpb.ApplyStateRequest{Document: document}, &apply, func() bool { return apply.GetApplied() && len(apply.GetChanges()) == 1 }},
		{"ExportState", &authpb.ExportStateRequest{Secrets: true}, &export, func() bool {
			return export.GetDocument().GetFields()["secrets"].GetBoolValue() && len(export.GetDocument().GetFields()["users"].GetListValue().GetValues()) == 5
		}},
	}
}

// TestBackupStream: the copy is the store, whole; nobody and a stranger get none of it.
func TestBackupStream(t *testing.T) {
	a := startTyped(t, nil)
	a.add("stranger")
	client := authpb.NewAuthServiceClient(a.conn)
	for username, want := range map[string]codes.Code{"": codes.Unauthenticated, "stranger": codes.PermissionDenied, "admin": codes.OK} {
		stream, err := client.BackUpState(signedIn(t.Context(), username), &authpb.BackUpStateRequest{})
		size := 0
		for err == nil {
			var part *authpb.BackUpStateResponse
			part, err = stream.Recv()
			size += len(part.GetChunk())
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		if status.Code(err) != want || (size > 4096) != (want == codes.OK) {
			t.Errorf("%q: %v, %d bytes", username, err, size)
		}
	}
}
