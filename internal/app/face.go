package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"

	"extauthz/internal/servertls"
)

// face is what the service serves at one address.
type face struct {
	name    string    // in messages
	setting string    // that says where
	address string    // "" is off
	bound   *net.Addr // is told where it listens
	server
}

// server serves on a listener until it is stopped, which finishes what is under way until ctx is done.
type server struct {
	serve func(net.Listener) error
	stop  func(ctx context.Context) error
}

// faces are those that are on, in the order in which they stop.
func (a *App) faces(registry *prometheus.Registry, ready *health.Server) []face {
	c, at, profiles := a.config, &a.addrs, a.httpServer(pprofHandler())
	all := []face{
		{"gRPC", "grpc-listen", c.GRPCListen, &at.GRPC, overGRPC(a.checkServer(ready))},
		{"HTTP checks", "http-check-listen", c.HTTPCheckListen, &at.HTTPCheck, overHTTP(a.httpServer(httpChecks{&a.current}))},
		{"auth API over gRPC", "api-grpc-listen", c.APIGRPCListen, &at.APIGRPC, overGRPC(a.apiServer(ready))},
		{"admin HTTP", "admin-listen", c.AdminListen, &at.Admin, overHTTP(a.httpServer(&a.current)).secured(a.secured.admin)},
		{"diagnostics HTTP", "diagnostics-listen", c.DiagnosticsListen, &at.Diagnostics, overHTTP(a.httpServer(a.diagnostics(registry)))},
		// A profile under way may take as long as its reader likes.
		{"pprof", "pprof-listen", c.PprofListen, &at.Pprof, server{profiles.Serve, func(context.Context) error { return profiles.Close() }}},
	}
	return slices.DeleteFunc(all, func(f face) bool { return f.address == "" })
}

func overGRPC(s *grpc.Server) server {
	return server{s.Serve, func(ctx context.Context) error {
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
		return nil
	}}
}

func overHTTP(s *http.Server) server { return server{s.Serve, s.Shutdown} }

// secured is the server with TLS, where there are files for it.
func (s server) secured(f *servertls.Follower) server {
	if f == nil {
		return s
	}
	return server{func(l net.Listener) error { return s.serve(tls.NewListener(l, f.Config())) }, s.stop}
}

// listen binds every face, or none. The listeners are in the order of the faces.
func (a *App) listen(ctx context.Context) ([]net.Listener, error) {
	var bound []net.Listener
	for _, f := range a.served {
		l, err := listen(ctx, f.address)
		if err != nil {
			err = fmt.Errorf("--%s: %w", f.setting, err)
			for _, l := range bound {
				err = errors.Join(err, l.Close())
			}
			return nil, err
		}
		bound = append(bound, l)
		*f.bound = l.Addr()
	}
	return bound, nil
}

func (a *App) serve(f face, l net.Listener) {
	if err := f.serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
		a.failures <- fmt.Errorf("%s: %w", f.name, err)
	}
}
