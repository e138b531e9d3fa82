package app

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"

	"extauthz/api"
	"extauthz/authz"
	"extauthz/authz/credential/jwt"
	"extauthz/authz/filter"
	"extauthz/authz/lookup"
	"extauthz/authz/mlflow"
	"extauthz/envoy"
	"extauthz/envoy/httpcheck"
	"extauthz/internal/metrics"
	"extauthz/internal/ownership"
	"extauthz/internal/signin"
	"extauthz/internal/tracing"
	"extauthz/store/boltstore"
)

// parts stay from start to end: they hold what was learnt, and what was counted.
type parts struct {
	config   Config
	store    *boltstore.Store
	table    *mlflow.Table
	client   *lookup.Client
	resolver *lookup.Resolver
	tracker  *ownership.Tracker
	tokens   *filter.Tokens
	who      *credentials
	signIns  *signin.Recorder
	tracer   *tracing.Tracer
	observer *observer
	log      *slog.Logger

	checks          *metrics.Checks
	responses       *metrics.Responses
	authentications *metrics.Authentications
}

// policy is everything that Live decides, built as a whole and never changed. A check, a response or a call of the API that begins with one
// ends with it, whatever is reloaded meanwhile.
type policy struct {
	checker   *envoy.Checker
	overHTTP  *httpcheck.Handler
	processor *envoy.Processor
	endpoints *api.API
	issuers   *jwt.Authenticator // whose keys the next policy goes on with
	retention time.Duration      // of audit records; 0 is for ever
}

func (p *parts) policy(live Live, before *jwt.Authenticator) (*policy, error) {
	who, err := p.who.with(live, before)
	if err != nil {
		return nil, err
	}
	observer := p.observer.with(live)
	authorizer := p.authorizer(live, who)
	endpoints, err := p.endpoints(live, who, authorizer)
	if err != nil {
		return nil, err
	}
	responses := responses{next: p.responder(authorizer), log: p.log, metrics: p.responses}
	checker := who.checker(p.checks.Timed(authorizer), observer)
	return &policy{
		checker:   checker,
		overHTTP:  &httpcheck.Handler{Checker: checker, Limit: p.config.MaxRequestBytes},
		processor: &envoy.Processor{Failed: responses.failed, Responder: responses},
		endpoints: endpoints,
		issuers:   who.issuers,
		retention: live.AuditRetention,
	}, nil
}

func (p *parts) authorizer(live Live, who *credentials) *authz.Authorizer {
	return &authz.Authorizer{
		Authenticator: p.signIns.Recorded(p.authentications.Counted(who.oneOf)), Mapper: p.table, Resolver: p.resolver, Grants: p.store, Intents: p.tracker, PageTokens: p.tokens, Default: live.DefaultPermission,
		Workspaces: authz.Workspaces{On: p.config.Workspaces, DefaultIsShared: live.GrantDefaultWorkspace},
		Creators:   live.Creators, RoleNames: accounts{p.store}, Report: live.reported(), Steps: p.tracer.Steps(),
	}
}

func (p *parts) responder(decider *authz.Authorizer) *responder {
	searcher := func(workspace string) filter.Searcher { return p.client.In(workspace) }
	return &responder{
		table: p.table, tracker: p.tracker, resolver: p.resolver, withhold: &filter.Withholder{Decider: decider},
		filter:  &filter.Filter{MLflow: searcher, Resolver: p.resolver, Decider: decider, Tokens: p.tokens, Refill: refillDeadline},
		graphQL: &filter.GraphQL{Resolver: p.resolver, Decider: decider},
	}
}

func (p *parts) endpoints(live Live, who *credentials, explainer *authz.Authorizer) (*api.API, error) {
	return api.New(api.Config{
		Store: p.store, Authenticator: p.signIns.Recorded(who.forEndpoints()), Decider: explainer, Passwords: who.passwords, StaticPrefix: p.config.StaticPrefix, Workspaces: p.config.Workspaces,
		Explainer: explainer, Records: p.observer.recent,
		AccessKeys: who.accessKeys(), MaxCredentialAge: live.MaxCredentialAge, Backup: p.store.Backup, SecretKey: []byte(p.config.SecretKey),
		TrustedProxies: live.TrustedProxies, AllowDefaultPassword: p.config.AllowDefaultPassword, Logger: p.log,
	})
}

// current serves with whatever policy holds when a request comes. It holds none before the first Store.
type current struct {
	auth.UnimplementedAuthorizationServer
	proc.UnimplementedExternalProcessorServer
	atomic.Pointer[policy]
}

func (c *current) Check(ctx context.Context, r *auth.CheckRequest) (*auth.CheckResponse, error) {
	return c.Load().checker.Check(ctx, r)
}

func (c *current) Process(stream proc.ExternalProcessor_ProcessServer) error {
	return c.Load().processor.Process(stream)
}

func (c *current) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.Load().endpoints.ServeHTTP(w, r)
}

// api is for faces other than HTTP.
func (c *current) api() *api.API { return c.Load().endpoints }

// httpChecks serves the checks of proxies that ask over HTTP.
type httpChecks struct{ *current }

func (c httpChecks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.Load().overHTTP.ServeHTTP(w, r)
}
