package app

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	"extauthz/api/rpc"
)

// buildAPIGRPC makes the server of the auth API over gRPC, for --api-grpc-listen. It has the limits that the HTTP server of the same API has.
func (a *App) buildAPIGRPC(ready *health.Server) {
	if a.config.APIGRPCListen == "" {
		return
	}
	a.apiGRPC = grpc.NewServer(append(grpcOptions(a.secured.apiGRPC),
		grpc.MaxRecvMsgSize(rpc.LargestMessage), grpc.MaxHeaderListSize(64<<10), grpc.MaxConcurrentStreams(100), grpc.ConnectionTimeout(10*time.Second),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: 5 * time.Minute}))...)
	rpc.Register(a.apiGRPC, a.current.api, a.log)
	healthpb.RegisterHealthServer(a.apiGRPC, ready)
	if a.config.GRPCReflection {
		reflection.Register(a.apiGRPC)
	}
}

// drain finishes what a server has under way, until ctx is done.
func drain(ctx context.Context, s *grpc.Server) {
	drained := make(chan struct{})
	go func() {
		s.GracefulStop()
		close(drained)
	}()
	select {
	case <-drained:
	case <-ctx.Done():
		s.Stop()
	}
}
