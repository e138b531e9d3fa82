package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"

	"extauthz/authz/credential"
	"extauthz/internal/ownership"
	"extauthz/store/boltstore"
)

// App is the service. Make it with New.
type App struct {
	config   Config // as it was at the start
	parts    *parts
	current  current
	log      *slog.Logger
	store    *boltstore.Store
	tracker  *ownership.Tracker
	usage    *credential.Usage
	grpc     *grpc.Server
	health   *health.Server
	admin    *http.Server
	probes   *http.Server
	failures chan error
	addrs    Addrs
	stop     context.CancelFunc // ends background work
	done     chan struct{}      // closed when background work has ended

	reloading sync.Mutex // one at a time
	reloads   *reloads
}

// Addrs are where a started App listens.
type Addrs struct{ GRPC, Admin, Diagnostics net.Addr }

// New opens the store, makes sure that there is an admin, and builds every part. Nothing listens yet.
func New(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	s, err := openStore(c)
	if err != nil {
		return nil, err
	}
	a := &App{config: c, log: log, store: s, failures: make(chan error, 3), done: make(chan struct{})}
	registry := prometheus.NewRegistry()
	if err := a.build(ctx, registry); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return a, nil
}

// Start listens and serves until Stop. It returns once every listener is bound.
func (a *App) Start(ctx context.Context) error {
	grpcListener, err := listen(ctx, a.config.GRPCListen)
	if err != nil {
		return fmt.Errorf("--grpc-listen: %w", err)
	}
	admin, err := listen(ctx, a.config.AdminListen)
	if err != nil {
		return errors.Join(fmt.Errorf("--admin-listen: %w", err), grpcListener.Close())
	}
	probes, err := listen(ctx, a.config.DiagnosticsListen)
	if err != nil {
		return errors.Join(fmt.Errorf("--diagnostics-listen: %w", err), grpcListener.Close(), admin.Close())
	}
	a.addrs = Addrs{grpcListener.Addr(), admin.Addr(), probes.Addr()}
	go a.serve("gRPC", func() error { return a.grpc.Serve(grpcListener) })
	go a.serve("admin HTTP", func() error { return a.admin.Serve(admin) })
	go a.serve("diagnostics HTTP", func() error { return a.probes.Serve(probes) })
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.stop = stop
	go func() {
		defer close(a.done)
		var work sync.WaitGroup
		work.Go(func() { a.usage.Run(background, usageInterval) })
		work.Go(func() { a.tracker.Run(background) })
		work.Wait()
	}()
	a.log.Info("serving", "grpc", a.addrs.GRPC.String(), "admin", a.addrs.Admin.String(), "diagnostics", a.addrs.Diagnostics.String())
	return nil
}

// Close gives up an App that was not started.
func (a *App) Close() error { return a.store.Close() }

// Addrs returns where the App listens, once started.
func (a *App) Addrs() Addrs { return a.addrs }

// Failed delivers the error of a server that stopped by itself.
func (a *App) Failed() <-chan error { return a.failures }

// Stop drains: health says NOT_SERVING, no new request is taken, those under way are finished until ctx is done. The store is closed
// last.
func (a *App) Stop(ctx context.Context) error {
	a.health.Shutdown()
	drained := make(chan struct{})
	go func() {
		a.grpc.GracefulStop()
		close(drained)
	}()
	select {
	case <-drained:
	case <-ctx.Done():
		a.grpc.Stop()
	}
	err := errors.Join(a.admin.Shutdown(ctx), a.probes.Shutdown(ctx))
	a.stop()
	<-a.done
	return errors.Join(err, a.store.Close())
}

func (a *App) serve(what string, serve func() error) {
	if err := serve(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		a.failures <- fmt.Errorf("%s: %w", what, err)
	}
}

// drainTime is how long Stop should be given.
const drainTime = 20 * time.Second

// Drain stops with the usual patience.
func (a *App) Drain() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	return a.Stop(ctx)
}
