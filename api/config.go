package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"path"
	"strings"
	"time"

	"extauthz/authz"
	"extauthz/authz/mlflow"
	"extauthz/store"
)

// Config needs Store, Authenticator, Decider and Passwords; every other zero field has a default.
type Config struct {
	Store Store
	// Authenticator must believe nothing that a client could have written itself: this handler is reached directly as well as by Envoy.
	Authenticator authz.Authenticator
	Decider       Decider
	Passwords     Passwords

	// StaticPrefix is MLflow's --static-prefix ("/mlflow"): everything is served below it, too.
	StaticPrefix string
	// Workspaces says that MLflow runs with --enable-workspaces: then a request looks where X-MLFLOW-WORKSPACE says.
	Workspaces bool
	// TrustedProxies are the peers whose X-Forwarded-For is believed. Loopback when nil; nobody when empty. A unix socket always is:
	// whoever may write to it was let in by its file mode.
	TrustedProxies []netip.Prefix
	// AllowDefaultPassword lets "password1234" be anybody's password. For development only.
	AllowDefaultPassword bool

	// Explainer tells how requests are decided, and Records which were denied. nil is nothing to explain.
	Explainer Explainer
	Records   Records
	// AccessKeys issues keys for AWS Signature Version 4; nil issues none.
	AccessKeys AccessKeys
	// SecretKey is shared by all replicas: a form that one of them served is accepted by another. Without one it is random.
	SecretKey []byte
	// MaxCredentialAge is how long a token or an access key lives at most; 0 is no limit.
	MaxCredentialAge time.Duration
	// Backup writes a copy of the store; nil: there are no backups.
	Backup func(ctx context.Context, w io.Writer) error

	Now    func() time.Time // time.Now
	Logger *slog.Logger     // discards
}

// Store is what the operations need of store.Store.
type Store interface {
	store.Reader
	store.Writer
	store.CredentialReader
	store.CredentialWriter
	store.RoleReader
	store.RoleWriter
	store.AuditTrail
	store.Transfer
}

// Decider judges what a principal may do with a resource. *authz.Authorizer is one: what this API reports and asks for is what a real request
// would meet.
type Decider interface {
	Meets(ctx context.Context, p authz.Principal, need authz.Need, r authz.Resource) (authz.Check, error)
	Decide(ctx context.Context, p authz.Principal, action authz.Action, r authz.Resource) (authz.Check, error)
}

// Passwords hashes new passwords and checks those of existing users. Both return an *authz.Refusal when there is too much to do.
type Passwords interface {
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether password is the user's, who is signed in and proves it again.
	Verify(ctx context.Context, u store.User, password string) (bool, error)
}

// AccessKeys makes the id and the secret of a new access key, and the secret as it is stored.
type AccessKeys interface {
	// NewAccessKey makes one with a session token when it is temporary.
	NewAccessKey(temporary bool) (id, secret, sessionToken string, sealed []byte)
}

// New makes the API. It fails on a configuration that could not serve anybody.
func New(c Config) (*API, error) {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, err
	}
	description, err := OpenAPI(c.StaticPrefix)
	if err != nil {
		return nil, err
	}
	ops := &operations{
		store: c.Store, decider: c.Decider, passwords: c.Passwords, workspaces: c.Workspaces,
		allowDefault: c.AllowDefaultPassword, accessKeys: c.AccessKeys, explainer: c.Explainer, records: c.Records,
		maxCredentialAge: c.MaxCredentialAge, copyStore: c.Backup, description: description, now: c.Now, log: c.Logger,
	}
	h := &handler{
		authenticator: c.Authenticator, proxies: c.TrustedProxies, log: c.Logger,
		workspace: mlflow.Server{Workspaces: c.Workspaces}.Workspace,
	}
	pages, err := newSite(h, ops, c)
	if err != nil {
		return nil, err
	}
	return &API{Handler: h.routes(ops.endpoints(), pages, c.StaticPrefix), face: h, typed: ops.typed()}, nil
}

func (c Config) withDefaults() Config {
	if c.TrustedProxies == nil {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) check() error {
	if c.Store == nil || c.Authenticator == nil || c.Decider == nil || c.Passwords == nil {
		return errors.New("the admin API needs a store, an authenticator, a decider and passwords")
	}
	p := c.StaticPrefix
	if p != "" && (!strings.HasPrefix(p, "/") || path.Clean(p) != p || p == "/" || strings.ContainsAny(p, "{}%?# ")) {
		return fmt.Errorf("the static prefix %q is not of the form /name", p)
	}
	return nil
}
