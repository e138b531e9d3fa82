package app

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	"extauthz/api/rpc"
)

// apiServer serves the auth API over gRPC. It has the limits that the HTTP server of the same API has.
func (a *App) apiServer(ready *health.Server) *grpc.Server {
	s := grpc.NewServer(append(grpcOptions(a.secured.apiGRPC),
		grpc.MaxRecvMsgSize(rpc.LargestMessage), grpc.MaxHeaderListSize(64<<10), grpc.MaxConcurrentStreams(100), grpc.ConnectionTimeout(10*time.Second),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: 5 * time.Minute}))...)
	rpc.Register(s, a.current.api, a.log)
	healthpb.RegisterHealthServer(s, ready)
	if a.config.GRPCReflection {
		reflection.Register(s)
	}
	return s
}
