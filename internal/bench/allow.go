package main

import (
	"context"
	"net"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

// always is the smallest ext_authz server that there can be: what asking costs, without an answer to find.
type always struct {
	auth.UnimplementedAuthorizationServer
}

func (always) Check(context.Context, *auth.CheckRequest) (*auth.CheckResponse, error) {
	return &auth.CheckResponse{
		Status:       &status.Status{Code: int32(codes.OK)},
		HttpResponse: &auth.CheckResponse_OkResponse{OkResponse: &auth.OkHttpResponse{}},
	}, nil
}

// allowEverything serves always on the unix socket that args name.
func allowEverything(ctx context.Context, args []string) error {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "unix", args[0])
	if err != nil {
		return err
	}
	s := grpc.NewServer()
	auth.RegisterAuthorizationServer(s, always{})
	context.AfterFunc(ctx, s.Stop)
	return s.Serve(l)
}
