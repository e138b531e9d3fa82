package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpctls "google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	authpb "extauthz/api/proto"
)

// refusal is what both faces say.
type refusal struct{ Code, Message string }

// rest sends the same to the REST API.
func (a typedAPI) rest(username, method, target, body string) refusal {
	a.Helper()
	r, err := http.NewRequestWithContext(a.Context(), method, "http://"+a.app.Addrs().Admin.String()+target, strings.NewReader(body))
	if err != nil {
		a.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.SetBasicAuth(username, longPassword)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		a.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		a.Fatal(err)
	}
	var f struct {
		Code    string `json:"error_code"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(text, &f); err != nil {
		a.Fatalf("%s %s: %d %s", method, target, answer.StatusCode, text)
	}
	return refusal(f)
}

// TestSameRefusals: the same bad input gets the same error over REST and gRPC, and changes nothing.
func TestSameRefusals(t *testing.T) {
	a := startTyped(t, nil)
	a.add("alice")
	version2, err := structpb.NewStruct(map[string]any{"version": 2})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := a.app.store.Digest(t.Context())
	const p2, p3, own = "/api/2.0/mlflow/", "/api/3.0/mlflow/", "/api/1.0/extauthz/"
	for _, c := range []struct {
		as, method, target, body string
		call                     string
		in                       proto.Message
		code                     codes.Code
	}{
		{"admin", "POST", p2 + "users/create", `{"password":"` + longPassword + `"}`, "CreateUser", &authpb.CreateUserRequest{Password: longPassword}, codes.InvalidArgument},
		{"admin", "POST", p2 + "users/create", `{"username":"bob","password":"short"}`, "CreateUser", &authpb.CreateUserRequest{Username: "bob", Password: "short"}, codes.InvalidArgument},
		{"admin", "POST", p2 + "users/create", `{"username":"ALICE","password":"` + longPassword + `"}`, "CreateUser", &authpb.CreateUserRequest{Username: "ALICE", Password: longPassword}, codes.AlreadyExists},
		{"alice", "POST", p2 + "users/create", `{"username":"bob","password":"` + longPassword + `"}`, "CreateUser", &authpb.CreateUserRequest{Username: "bob", Password: longPassword}, codes.PermissionDenied},
		{"admin", "GET", p2 + "users/get?username=nobody", "", "GetUser", &authpb.GetUserRequest{Username: "nobody"}, codes.NotFound},
		{"alice", "GET", p2 + "users/get?username=nobody", "", "GetUser", &authpb.GetUserRequest{Username: "nobody"}, codes.PermissionDenied},
		{"admin", "PATCH", p2 + "users/update-admin", `{"username":"alice"}`, "UpdateUserAdmin", &authpb.UpdateUserAdminRequest{Username: "alice"}, codes.InvalidArgument},
		{"admin", "PATCH", p2 + "users/update-admin", `{"username":"admin","is_admin":false}`, "UpdateUserAdmin", &authpb.UpdateUserAdminRequest{Username: "admin", IsAdmin: proto.Bool(false)}, codes.FailedPrecondition},
		{
			"admin", "POST", p3 + "users/permissions/grant", `{"username":"alice","resource_type":"experiment","resource_id":"01","permission":"READ"}`,
			"GrantUserPermission", &authpb.GrantUserPermissionRequest{Username: "alice", ResourceType: "experiment", ResourceId: "01", Permission: authpb.Permission_PERMISSION_READ}, codes.InvalidArgument,
		},
		{
			"admin", "POST", p3 + "users/permissions/grant", `{"username":"alice","resource_type":"experiment","resource_id":"1","permission":"99"}`,
			"GrantUserPermission", &authpb.GrantUserPermissionRequest{Username: "alice", ResourceType: "experiment", ResourceId: "1", Permission: 99}, codes.InvalidArgument,
		},
		{
			"admin", "POST", p3 + "users/permissions/grant", `{"username":"alice","resource_type":"experiment","resource_id":"1"}`,
			"GrantUserPermission", &authpb.GrantUserPermissionRequest{Username: "alice", ResourceType: "experiment", ResourceId: "1"}, codes.InvalidArgument,
		},
		{
			"alice", "POST", p3 + "users/permissions/revoke", `{"username":"alice","resource_type":"experiment","resource_id":"1"}`,
			"RevokeUserPermission", &authpb.RevokeUserPermissionRequest{Username: "alice", ResourceType: "experiment", ResourceId: "1"}, codes.PermissionDenied,
		},
		{"admin", "GET", p3 + "roles/get?role_id=77", "", "GetRole", &authpb.GetRoleRequest{RoleId: 77}, codes.NotFound},
		{"admin", "GET", p3 + "roles/get", "", "GetRole", &authpb.GetRoleRequest{}, codes.InvalidArgument},
		{"admin", "GET", own + "audit/list?limit=1001", "", "ListAudit", &authpb.ListAuditRequest{Limit: 1001}, codes.InvalidArgument},
		{"admin", "POST", own + "tokens/create", `{"name":"n","expires_in":0}`, "CreateToken", &authpb.CreateTokenRequest{Name: "n", ExpiresIn: proto.Int64(0)}, codes.InvalidArgument},
		{"admin", "POST", own + "tokens/create", `{"name":"n","resources":[]}`, "CreateToken", &authpb.CreateTokenRequest{Name: "n", Resources: &authpb.Ceilings{}}, codes.InvalidArgument},
		{"admin", "POST", own + "state/apply", `{"document":{"version":2}}`, "ApplyState", &authpb.ApplyStateRequest{Document: version2}, codes.InvalidArgument},
		{"admin", "POST", own + "state/apply", `{"document":{"version":1},"plan":"other"}`, "ApplyState", &authpb.ApplyStateRequest{Document: version(1), Plan: "other"}, codes.Aborted},
		{"admin", "GET", own + "access/who-can?action=eat&resource_type=experiment&resource_id=1", "", "WhoCan", &authpb.WhoCanRequest{Action: "eat", ResourceType: "experiment", ResourceId: "1"}, codes.InvalidArgument},
	} {
		want := a.rest(c.as, c.method, c.target, c.body)
		err := a.do(c.as, c.call, c.in, &authpb.DeleteUserResponse{})
		if got := (refusal{reason(err), status.Convert(err).Message()}); got != want || want.Code == "" || status.Code(err) != c.code {
			t.Errorf("%s as %s: gRPC says %v %q, REST %q", c.call, c.as, status.Code(err), got, want)
		}
	}
	if after, _ := a.app.store.Digest(t.Context()); after != before {
		t.Error("what was refused changed something")
	}
}

func version(n int) *structpb.Struct {
	return &structpb.Struct{Fields: map[string]*structpb.Value{"version": structpb.NewNumberValue(float64(n))}}
}

// TestTypedActor: the audit trail says who it was, how they signed in, from where and under which id, as over REST.
func TestTypedActor(t *testing.T) {
	a := startTyped(t, nil)
	ctx := metadata.AppendToOutgoingContext(signedIn(t.Context(), "admin"), "x-request-id", "request-7")
	client := authpb.NewAuthServiceClient(a.conn)
	if _, err := client.CreateServiceAccount(ctx, &authpb.CreateServiceAccountRequest{Username: "robot"}); err != nil {
		t.Fatal(err)
	}
	list, err := client.ListAudit(ctx, &authpb.ListAuditRequest{Action: "user.create", Target: "user robot"})
	if err != nil || len(list.GetRecords()) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	record := list.GetRecords()[0]
	want := &authpb.Actor{Username: "admin", UserId: 1, Method: "password", Source: "127.0.0.1", RequestId: "request-7"}
	if !proto.Equal(record.GetActor(), want) || record.GetAfter().GetStructValue().GetFields()["id"].GetNumberValue() != 2 || record.GetAt().AsTime().IsZero() {
		t.Errorf("%v", record)
	}
}

// TestTypedCredentials: tokens do, restricted ones change nothing, and failures count against passwords everywhere.
func TestTypedCredentials(t *testing.T) {
	a := startTyped(t, nil)
	client := authpb.NewAuthServiceClient(a.conn)
	made, err := client.CreateToken(signedIn(t.Context(), "admin"), &authpb.CreateTokenRequest{Name: "reader", ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+made.GetToken())
	if me, err := client.WhoAmI(ctx, &authpb.WhoAmIRequest{}); err != nil || me.GetMethod() != "token" || me.GetCredential().GetName() != "reader" {
		t.Errorf("%v %v", me, err)
	}
	_, err = client.CreateServiceAccount(ctx, &authpb.CreateServiceAccountRequest{Username: "robot"})
	if status.Code(err) != codes.PermissionDenied || !strings.Contains(status.Convert(err).Message(), "restricted") {
		t.Errorf("a restricted token creates: %v", err)
	}
	twice := metadata.AppendToOutgoingContext(signedIn(t.Context(), "admin"), "authorization", "Bearer "+made.GetToken())
	if _, err := client.WhoAmI(twice, &authpb.WhoAmIRequest{}); status.Code(err) == codes.OK {
		t.Error("two credentials are one too many")
	}
	page := metadata.AppendToOutgoingContext(signedIn(t.Context(), "admin"), "origin", "https://evil.example")
	if _, err := client.WhoAmI(page, &authpb.WhoAmIRequest{}); status.Code(err) != codes.PermissionDenied {
		t.Errorf("another site's page: %v", err)
	}

	wrong := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Basic "+"YWRtaW46d3Jvbmc=")
	for range 100 {
		if _, err = client.WhoAmI(wrong, &authpb.WhoAmIRequest{}); status.Code(err) != codes.Unauthenticated {
			break
		}
	}
	if status.Code(err) != codes.ResourceExhausted || reason(err) != "REQUEST_LIMIT_EXCEEDED" {
		t.Errorf("guessing ends with %v", err)
	}
	if status, body := ask(t, a.app, http.MethodGet, "/api/2.0/mlflow/users/current", "wrong", nil); status != http.StatusTooManyRequests {
		t.Errorf("guessing goes on over REST: %d %s", status, body)
	}
}

// TestTypedWorkspace: the metadata say where a call looks, as MLflow's header does.
func TestTypedWorkspace(t *testing.T) {
	a := startTyped(t, nil)
	a.add("alice")
	client := authpb.NewAuthServiceClient(a.conn)
	team := metadata.AppendToOutgoingContext(signedIn(t.Context(), "admin"), "x-mlflow-workspace", "team")
	in := &authpb.GrantUserPermissionRequest{Username: "alice", ResourceType: "experiment", ResourceId: "1", Permission: authpb.Permission_PERMISSION_READ}
	if _, err := client.GrantUserPermission(team, in); err != nil {
		t.Fatal(err)
	}
	key := &authpb.GetUserGrantRequest{Username: "alice", ResourceType: "experiment", ResourceId: "1"}
	if got, err := client.GetUserGrant(team, key); err != nil || got.GetPermission().GetWorkspace() != "team" {
		t.Errorf("%v %v", got, err)
	}
	if _, err := client.GetUserGrant(signedIn(t.Context(), "admin"), key); status.Code(err) != codes.NotFound {
		t.Errorf("in the default workspace: %v", err)
	}
	bad := metadata.AppendToOutgoingContext(signedIn(t.Context(), "admin"), "x-mlflow-workspace", "No Such")
	if _, err := client.GetUserGrant(bad, key); status.Code(err) != codes.InvalidArgument {
		t.Errorf("a name that none has: %v", err)
	}
}

// TestNobodyIsNotRead: a caller without a credential is answered before it has sent its message; and nobody sends more than REST takes.
func TestNobodyIsNotRead(t *testing.T) {
	a := startTyped(t, nil)
	stream, err := a.conn.NewStream(t.Context(), &grpc.StreamDesc{ClientStreams: true}, "/extauthz.v1.AuthService/CreateUser")
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.RecvMsg(&authpb.CreateUserResponse{}); status.Code(err) != codes.Unauthenticated {
		t.Errorf("nobody: %v", err)
	}
	in := &authpb.CreateUserRequest{Username: strings.Repeat("x", 2<<20), Password: longPassword}
	if err := a.do("admin", "CreateUser", in, &authpb.CreateUserResponse{}); status.Convert(err).Message() != "The request body is larger than 1 MiB." {
		t.Errorf("a large message: %v", err)
	}
}

// TestUnknownField: a newer client's parameter is refused, not ignored.
func TestUnknownField(t *testing.T) {
	a := startTyped(t, nil)
	in := &authpb.GetUserRequest{Username: "admin"}
	if err := a.do("admin", "GetUser", in, &authpb.GetUserResponse{}); err != nil {
		t.Fatal(err)
	}
	in.ProtoReflect().SetUnknown(protoreflect.RawFields{0xfa, 0x01, 0x01, 'x'})
	if err := a.do("admin", "GetUser", in, &authpb.GetUserResponse{}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("an unknown field: %v", err)
	}
}

// TestTypedListener is off unless asked for, speaks TLS where the admin listener does, and describes itself only when told to.
func TestTypedListener(t *testing.T) {
	if a := start(t, nil); a.Addrs().APIGRPC != nil {
		t.Errorf("it listens at %s", a.Addrs().APIGRPC)
	}
	for _, on := range []bool{false, true} {
		a := startTyped(t, func(c *Config) { c.GRPCReflection = on })
		services, err := listed(t.Context(), reflectionpb.NewServerReflectionClient(a.conn))
		if on && (err != nil || !strings.Contains(services, "extauthz.v1.AuthService")) || !on && status.Code(err) != codes.Unimplemented {
			t.Errorf("with reflection %v: %q %v", on, services, err)
		}
		if _, err := healthpb.NewHealthClient(a.conn).Check(t.Context(), &healthpb.HealthCheckRequest{}); err != nil {
			t.Errorf("health: %v", err)
		}
	}
	a, authority := trust(t, func(c *Config) { c.APIGRPCListen = "127.0.0.1:0" })
	for name, c := range map[string]struct {
		credentials grpctls.TransportCredentials
		password    bool
		ok          bool
	}{
		"without TLS":                  {insecure.NewCredentials(), true, false},
		"another authority's":          {grpctls.NewTLS(&tls.Config{}), true, false},
		"a password":                   {grpctls.NewTLS(as(t, authority, "")), true, true},
		"nothing":                      {grpctls.NewTLS(as(t, authority, "")), false, false},
		"the user's certificate":       {grpctls.NewTLS(as(t, authority, "spiffe://example.com/user/admin")), false, true},
		"a certificate without a user": {grpctls.NewTLS(as(t, authority, "spiffe://example.com/envoy")), false, false},
	} {
		ctx := t.Context()
		if c.password {
			ctx = signedIn(ctx, "admin")
		}
		me, err := authpb.NewAuthServiceClient(dialTyped(t, a, c.credentials)).WhoAmI(ctx, &authpb.WhoAmIRequest{})
		if (err == nil) != c.ok || c.ok && me.GetUser().GetUsername() != "admin" {
			t.Errorf("%s: %v %v", name, me, err)
		}
	}
}

// listed are the services that reflection tells.
func listed(ctx context.Context, client reflectionpb.ServerReflectionClient) (string, error) {
	stream, err := client.ServerReflectionInfo(ctx)
	if err != nil {
		return "", err
	}
	var all bytes.Buffer
	for _, ask := range []*reflectionpb.ServerReflectionRequest{
		{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}},
		{MessageRequest: &reflectionpb.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: "extauthz.v1.AuthService"}},
	} {
		if err := stream.Send(ask); err != nil && !errors.Is(err, io.EOF) { // then Recv says why
			return "", err
		}
		answer, err := stream.Recv()
		if err != nil {
			return "", err
		}
		all.WriteString(answer.String())
	}
	if strings.Contains(all.String(), "error_response") {
		return "", status.Error(codes.NotFound, all.String())
	}
	return all.String(), nil
}
