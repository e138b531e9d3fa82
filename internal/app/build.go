package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"time"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"extauthz/api"
	"extauthz/authz/credential/jwt"
	"extauthz/authz/filter"
	"extauthz/authz/lookup"
	"extauthz/authz/mlflow"
	"extauthz/internal/metrics"
	"extauthz/internal/ownership"
	"extauthz/internal/signin"
	"extauthz/internal/tracing"
	"extauthz/store"
	"extauthz/store/boltstore"
)

const (
	lookupDeadline = 3 * time.Second // below the timeout of ext_authz in the rendered configuration
	refillDeadline = 5 * time.Second // below the message timeout of ext_proc
	frameOverhead  = 1 << 20         // headers and metadata beside a body
)

// openStore opens the store, or creates it when that is asked for, there has never been one, and its first admin is known.
func openStore(c Config, o boltstore.Options) (*boltstore.Store, error) {
	s, err := boltstore.Open(c.StorePath, o)
	if _, missing := os.Stat(c.StorePath); !errors.Is(missing, fs.ErrNotExist) { // an emptied file is there, and no new store
		return s, err
	}
	if !c.Init {
		return nil, fmt.Errorf("%w: create it with `extauthz init`, or start with --init", err)
	}
	if err := firstAdmin(c).Check(); err != nil {
		return nil, err
	}
	return boltstore.Create(c.StorePath, o)
}

// Check says what would keep New from making an App, as far as files tell: it opens no store, makes none, and asks nobody.
func Check(c Config) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if _, err := jwt.New(jwt.Config{Issuers: c.Issuers, Users: directory{}}); err != nil {
		return fmt.Errorf("issuers: %w", err)
	}
	err := c.verifyTLS()
	if _, missing := os.Stat(c.StorePath); c.Init && errors.Is(missing, fs.ErrNotExist) {
		err = errors.Join(err, firstAdmin(c).Check())
	}
	return err
}

func (a *App) build(ctx context.Context, registry *prometheus.Registry, decisions *slog.Logger) error {
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	metrics.RegisterBuild(registry, a.config.Build.Version, a.config.Build.Revision)
	a.config.warnExposed(a.log)
	var err error
	if a.secured, err = secure(a.config, registry, a.log); err != nil {
		return err
	}
	table, err := mlflow.New(mlflow.Server{StaticPrefix: a.config.StaticPrefix, Workspaces: a.config.Workspaces})
	if err != nil {
		return err
	}
	if a.tracer, err = tracing.New(ctx, tracing.Config{Endpoint: a.config.OTLPEndpoint, Version: a.config.Build.Version, Log: a.log}); err != nil {
		return err
	}
	a.signIns = signin.New(a.store, time.Now, a.log, metrics.NewUnlisted(registry))
	who, err := newCredentials(a.config, a.store, table, a.signIns, a.log)
	if err != nil {
		return err
	}
	a.usage = who.usage
	if err := bootstrap(ctx, a.config, a.store, who.passwords, a.log); err != nil {
		return err
	}
	client := lookup.NewClient(a.config.MLflowURL+a.config.StaticPrefix, lookupDeadline).Watched(a.tracer.Lookups(metrics.NewLookups(registry).Watch)).Through(a.tracer.Through)
	if a.config.Workspaces {
		client = client.WithWorkspaces()
	}
	resolver, err := lookup.NewResolver(client, a.config.CacheEntries)
	if err != nil {
		return err
	}
	a.tracker = ownership.New(a.store, client, time.Now, a.log)
	a.tracker.BareWorkspaces = a.config.BareWorkspaces
	tokens, err := a.pageTokens()
	if err != nil {
		return err
	}
	checks := metrics.NewChecks(registry)
	a.parts = &parts{
		config: a.config, store: a.store, table: table, client: client, resolver: resolver, tracker: a.tracker, tokens: tokens, who: who, signIns: a.signIns, tracer: a.tracer,
		observer: &observer{log: decisions, checks: checks, recent: newRecent(time.Now), tracer: a.tracer}, checks: checks, responses: metrics.NewResponses(registry),
		authentications: metrics.NewAuthentications(registry), log: a.log,
	}
	first, err := a.parts.policy(a.config.Live, who.issuers)
	if err != nil {
		return err
	}
	a.current.Store(first)
	a.reloads = metrics.NewReloads(registry, time.Now)
	ready := a.newReadiness(client, registry)
	a.measure(registry, who, resolver)
	a.served = a.faces(registry, ready)
	a.failures = make(chan error, len(a.served)) // a server that nobody asks about any more can still say why it ended
	return nil
}

// pageTokens seals with the secret that MLflow's own servers of one deployment share.
func (a *App) pageTokens() (*filter.Tokens, error) {
	if a.config.SecretKey == "" {
		a.log.Info("MLFLOW_FLASK_SERVER_SECRET_KEY is not set: page tokens of lists, and forms, hold in this process only, and until it ends")
	}
	return filter.NewTokens([]byte(a.config.SecretKey))
}

func bootstrap(ctx context.Context, c Config, s store.Store, p passwords, log *slog.Logger) error {
	_, err := api.Bootstrap(ctx, api.BootstrapConfig{Store: s, Passwords: p, Now: time.Now, Logger: log}, firstAdmin(c))
	return err
}

func firstAdmin(c Config) api.FirstAdmin {
	return api.FirstAdmin{Username: c.AdminUsername, Password: c.AdminPassword, AllowDefaultPassword: c.AllowDefaultPassword}
}

// checkServer answers Envoy.
func (a *App) checkServer(ready *health.Server) *grpc.Server {
	largest := max(a.config.MaxRequestBytes, a.config.MaxResponseBytes) + frameOverhead
	options := append(grpcOptions(a.secured.grpc), a.tracer.ServerOptions(auth.Authorization_ServiceDesc.ServiceName, proc.ExternalProcessor_ServiceDesc.ServiceName)...)
	options = append(options, grpc.MaxRecvMsgSize(largest), grpc.MaxSendMsgSize(largest),
		grpc.NumStreamWorkers(uint32(runtime.GOMAXPROCS(0)+1))) // each keeps its stack; a new goroutine would grow one for every check
	s := grpc.NewServer(options...)
	auth.RegisterAuthorizationServer(s, &a.current)
	proc.RegisterExternalProcessorServer(s, &a.current)
	healthpb.RegisterHealthServer(s, ready)
	return s
}

func (a *App) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
}
