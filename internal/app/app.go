package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
	readiness *readiness
	secured   secured
	served    []face
	failures  chan error
	addrs     Addrs
	stop      context.CancelFunc // ends background work
	done      chan struct{}      // closed when background work has ended

	reloading sync.Mutex // one at a time
	reloads   *metrics.Reloads
}

// Addrs are where a started App listens; nil where it does not.
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
	a := &App{config: c, log: service, level: level, store: s, done: make(chan struct{})}
	if err := a.build(ctx, registry, decisions); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return a, nil
}

// Start listens and serves until Stop. It returns once every listener is bound.
func (a *App) Start(ctx context.Context) error {
	listeners, err := a.listen(ctx)
	if err != nil {
		return err
	}
	a.readiness.check(ctx) // before anybody can ask
	at := make([]any, 0, 2*len(a.served))
	for i, f := range a.served {
		go a.serve(f, listeners[i])
		at = append(at, strings.ReplaceAll(strings.TrimSuffix(f.setting, "-listen"), "-", "_"), listeners[i].Addr().String())
	}
	a.work(context.WithoutCancel(ctx))
	a.log.Info("serving", at...)
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
	var errs []error
	for _, f := range a.served {
		errs = append(errs, f.stop(ctx))
	}
	a.stop()
	<-a.done
	a.tracer.Close(ctx)
	return errors.Join(append(errs, a.store.Close())...)
}

// drainTime is how long requests under way are given.
const drainTime = 20 * time.Second

// Drain stops with the usual patience.
func (a *App) Drain() error {
	ctx, cancel := context.WithTimeout(context.Background(), a.config.ShutdownDelay+drainTime)
	defer cancel()
	return a.Stop(ctx)
}
