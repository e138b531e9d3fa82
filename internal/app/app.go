package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	"extauthz/authz/credential"
	"extauthz/internal/metrics"
	"extauthz/internal/ownership"
	"extauthz/internal/servertls"
	"extauthz/internal/signin"
	"extauthz/internal/tracing"
	"extauthz/store/boltstore"
)

// App is the service. Make it with New.
type App struct {
	config    Config // as it was at the start
	parts     *parts
	current   current
	log       *slog.Logger   // the service's stream
	level     *slog.LevelVar // of log
	store     *boltstore.Store
	tracker   *ownership.Tracker
	tracer    *tracing.Tracer  // nil when off
	signIns   *signin.Recorder // of those that fail
	usage     *credential.Usage
	grpc      *grpc.Server
	readiness *readiness
	admin     *http.Server
	probes    *http.Server
	secured   secured
	profiles  *http.Server // nil when off
	checks    *http.Server // for proxies that ask over HTTP; nil when off
	apiGRPC   *grpc.Server // the auth API over gRPC; nil when off
	failures  chan error
	addrs     Addrs
	stop      context.CancelFunc // ends background work
	done      chan struct{}      // closed when background work has ended

	reloading sync.Mutex // one at a time
	reloads   *metrics.Reloads
}

// Addrs are where a started App listens.
type Addrs struct{ GRPC, Admin, Diagnostics, Pprof, HTTPCheck, APIGRPC net.Addr }

// New opens the store, makes sure that there is an admin, and builds every part. Nothing listens yet.
func New(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	level := new(slog.LevelVar)
	level.Set(c.LogLevel)
	service, decisions, audit := streams(log, level)
	service.Info("extauthz", "version", c.Build.Version, "revision", c.Build.Revision, "go", runtime.Version())
	registry := prometheus.NewRegistry()
	s, err := openStore(c, boltstore.Options{Committed: metrics.NewCommits(registry).Committed, OnAudit: auditStream(audit)})
	if err != nil {
		return nil, err
	}
	a := &App{config: c, log: service, level: level, store: s, failures: make(chan error, 6), done: make(chan struct{})}
	if err := a.build(ctx, registry, decisions); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return a, nil
}

// Start listens and serves until Stop. It returns once every listener is bound.
func (a *App) Start(ctx context.Context) error {
	var bound listeners
	grpcListener, admin := bound.listen(ctx, "grpc-listen", a.config.GRPCListen), bound.listen(ctx, "admin-listen", a.config.AdminListen)
	probes, profiles := bound.listen(ctx, "diagnostics-listen", a.config.DiagnosticsListen), bound.listen(ctx, "pprof-listen", a.config.PprofListen)
	checks, apiGRPC := bound.listen(ctx, "http-check-listen", a.config.HTTPCheckListen), bound.listen(ctx, "api-grpc-listen", a.config.APIGRPCListen)
	if bound.err != nil {
		return errors.Join(bound.err, bound.close())
	}
	a.addrs = Addrs{GRPC: grpcListener.Addr(), Admin: admin.Addr(), Diagnostics: probes.Addr()}
	a.readiness.check(ctx) // before anybody can ask
	go a.serve("gRPC", func() error { return a.grpc.Serve(grpcListener) })
	go a.serve("admin HTTP", func() error { return a.admin.Serve(a.secured.wrap(admin)) })
	go a.serve("diagnostics HTTP", func() error { return a.probes.Serve(probes) })
	if profiles != nil {
		a.addrs.Pprof, a.profiles = profiles.Addr(), server(pprofHandler(), a.log)
		go a.serve("pprof", func() error { return a.profiles.Serve(profiles) })
	}
	if checks != nil {
		a.addrs.HTTPCheck, a.checks = checks.Addr(), server(httpChecks{&a.current}, a.log)
		a.log.Info("answering proxies over HTTP", "address", a.addrs.HTTPCheck.String())
		go a.serve("HTTP checks", func() error { return a.checks.Serve(checks) })
	}
	if apiGRPC != nil {
		a.addrs.APIGRPC = apiGRPC.Addr()
		a.log.Info("serving the auth API over gRPC", "address", a.addrs.APIGRPC.String(), "reflection", a.config.GRPCReflection)
		go a.serve("auth API over gRPC", func() error { return a.apiGRPC.Serve(apiGRPC) })
	}
	a.work(context.WithoutCancel(ctx))
	a.log.Info("serving", "grpc", a.addrs.GRPC.String(), "admin", a.addrs.Admin.String(), "diagnostics", a.addrs.Diagnostics.String())
	return nil
}

// work starts what is done in the background until Stop.
func (a *App) work(ctx context.Context) {
	ctx, a.stop = context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { a.usage.Run(ctx, usageInterval) })
	all.Go(func() { resemble(ctx, a.store, a.parts.who.passwords.basic, a.log) })
	all.Go(func() { a.tracker.Run(ctx) })
	all.Go(func() { a.signIns.Run(ctx) })
	all.Go(func() { a.retain(ctx) })
	all.Go(func() { a.readiness.run(ctx) })
	for _, f := range a.secured.followers() {
		all.Go(func() { f.Run(ctx, servertls.Look) })
	}
	go func() {
		defer close(a.done)
		all.Wait()
	}()
}

// Close gives up an App that was not started.
func (a *App) Close() error { return a.store.Close() }

// Addrs returns where the App listens, once started.
func (a *App) Addrs() Addrs { return a.addrs }

// Log is the service's own stream, at the level that is configured.
func (a *App) Log() *slog.Logger { return a.log }

// Failed delivers the error of a server that stopped by itself.
func (a *App) Failed() <-chan error { return a.failures }

// Stop drains: health says NOT_SERVING first, after the configured delay no new request is taken, and those under way are finished until
// ctx is done. The store is closed last.
func (a *App) Stop(ctx context.Context) error {
	a.readiness.drain()
	linger(ctx, a.config.ShutdownDelay)
	drain(ctx, a.grpc)
	if a.apiGRPC != nil {
		drain(ctx, a.apiGRPC)
	}
	err := errors.Join(a.admin.Shutdown(ctx), a.probes.Shutdown(ctx))
	if a.checks != nil {
		err = errors.Join(err, a.checks.Shutdown(ctx))
	}
	if a.profiles != nil {
		err = errors.Join(err, a.profiles.Close()) // a profile under way may take as long as its reader likes
	}
	a.stop()
	<-a.done
	a.tracer.Close(ctx)
	return errors.Join(err, a.store.Close())
}

func (a *App) serve(what string, serve func() error) {
	if err := serve(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		a.failures <- fmt.Errorf("%s: %w", what, err)
	}
}

// drainTime is how long requests under way are given.
const drainTime = 20 * time.Second

// Drain stops with the usual patience.
func (a *App) Drain() error {
	ctx, cancel := context.WithTimeout(context.Background(), a.config.ShutdownDelay+drainTime)
	defer cancel()
	return a.Stop(ctx)
}
