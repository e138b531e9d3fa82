package rpc

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"extauthz/api"
	authpb "extauthz/api/proto"
	"extauthz/authz"
)

// anybody is signed in, whatever the request says.
type anybody struct{}

func (anybody) Authenticate(context.Context, authz.Request) (authz.Principal, error) {
	return authz.Principal{UserID: 1, Username: "alice"}, nil
}

// TestNobodyIsWaitedForForEver: who begins a call has a minute for its message.
func TestNobodyIsWaitedForForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := serve(t)
		began := time.Now()
		s, err := conn.NewStream(t.Context(), &grpc.StreamDesc{}, authpb.AuthService_GetCurrentUser_FullMethodName)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.RecvMsg(&authpb.GetCurrentUserResponse{}); status.Code(err) != codes.DeadlineExceeded || time.Since(began) != patience {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		me, err := authpb.NewAuthServiceClient(conn).GetCurrentUser(t.Context(), &authpb.GetCurrentUserRequest{})
		if err != nil || me.GetUser().GetUsername() != "alice" {
			t.Errorf("with its message: %v %v", me, err)
		}
	})
}

func serve(t *testing.T) *grpc.ClientConn {
	a, err := api.New(api.Config{
		Authenticator: anybody{}, Store: struct{ api.Store }{}, Decider: struct{ api.Decider }{}, Passwords: struct{ api.Passwords }{},
	})
	if err != nil {
		t.Fatal(err)
	}
	l, s := bufconn.Listen(1<<16), grpc.NewServer()
	Register(s, func() *api.API { return a }, slog.New(slog.DiscardHandler))
	go func() { _ = s.Serve(l) }()
	conn, err := grpc.NewClient("passthrough:///api", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		s.Stop()
	})
	return conn
}
