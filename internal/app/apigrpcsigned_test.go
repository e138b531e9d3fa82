package app

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	authpb "extauthz/api/proto"
	"extauthz/authz"
	"extauthz/authz/credential/sigv4/sigv4test"
)

// TestNoSignatureWithoutItsBody: a signature is one over the body, too. Where the body has yet to come, the signature of a request without one
// would let any follow.
func TestNoSignatureWithoutItsBody(t *testing.T) {
	a := startTyped(t, nil)
	var key authpb.CreateAccessKeyResponse
	if err := a.do("admin", "CreateAccessKey", &authpb.CreateAccessKeyRequest{Username: "admin", Name: "signer"}, &key); err != nil {
		t.Fatal(err)
	}
	sign := func(method, target, host string) authz.Headers {
		r := authz.Request{Method: method, Target: target, Host: host, Headers: authz.Headers{}}
		sigv4test.Sign(r, key.GetAccessKeyId(), key.GetSecretAccessKey(), sigv4test.At(time.Now()))
		return r.Headers
	}
	const call = "/extauthz.v1.AuthService/UpdateUserAdmin"
	ctx, isAdmin := t.Context(), true
	for name, values := range sign("POST", call, a.app.Addrs().APIGRPC.String()) {
		ctx = metadata.AppendToOutgoingContext(ctx, name, values[0])
	}
	a.add("mallory")
	err := a.conn.Invoke(ctx, call, &authpb.UpdateUserAdminRequest{Username: "mallory", IsAdmin: &isAdmin}, &authpb.UpdateUserAdminResponse{})
	if status.Code(err) != codes.Unauthenticated {
		t.Errorf("a signed call: %v", err)
	}
	send := func(method, target string, body io.Reader) int {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.app.Addrs().Admin.String()+target, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for name, values := range sign(method, target, a.app.Addrs().Admin.String()) {
			r.Header.Set(name, values[0])
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		return answer.StatusCode
	}
	chunked := io.MultiReader(strings.NewReader(`{"username":"mallory","is_admin":true}`))
	if got := send("PATCH", "/api/2.0/mlflow/users/update-admin", chunked); got != http.StatusUnauthorized {
		t.Errorf("a signed request without a body that gets one: %d", got)
	}
	if got := send("DELETE", "/api/2.0/mlflow/users/delete?username=mallory", nil); got != http.StatusOK {
		t.Errorf("a signed request without a body: %d", got)
	}
}
