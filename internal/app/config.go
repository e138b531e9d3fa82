package app

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/certificate"
	"extauthz/authz/credential/identity"
	"extauthz/internal/servertls"
)

// Config is everything that can be set. Flags, the environment and MLflow's basic_auth.ini fill it in.
type Config struct {
	StorePath string
	// Init creates the store when there has never been one.
	Init bool

	GRPCListen        string // host:port or unix:///path
	AdminListen       string // the auth REST API
	DiagnosticsListen string // health and metrics

	GRPCTLS, AdminTLS servertls.Files // a unix socket needs none
	TrustGRPCNetwork  bool            // nobody but Envoy reaches GRPCListen, whatever its address

	MLflowURL         string // scheme, host and port; the static prefix is added
	StaticPrefix      string // MLflow's --static-prefix
	DefaultPermission authz.Permission
	// Workspaces says that MLflow's workspaces are on. Nothing is then permitted that is not granted, unless GrantDefaultWorkspace shares
	// what lies in the default one, as in MLflow.
	Workspaces            bool
	GrantDefaultWorkspace bool
	// BareWorkspaces leaves new workspaces without the two roles that MLflow makes for each.
	BareWorkspaces bool
	// Creators says who may create what, besides admins; a kind that it does not name is everybody's to create.
	Creators map[authz.Kind]authz.Creators

	AdminUsername        string
	AdminPassword        string
	AllowDefaultPassword bool   // for development: MLflow's documented default password may be kept
	SecretKey            string // shared by all replicas, for what they hand out and must know again; "" is a random one
	// AccessKeySecretFile has a secret on each line, of at least 32 bytes, that encrypt those of access keys in the store; the first one seals.
	// "" has no access keys.
	AccessKeySecretFile   string
	SigV4Region           string               // that signatures must be for; "" is any
	SigV4UnverifiedBodies bool                 // signed uploads whose body the proxy does not show are accepted
	SigV4WholeQueries     bool                 // every value of a repeated query parameter must be signed, which MLflow's signer does not
	Carriers              []credential.Carrier // headers, besides Authorization, that carry a token
	Certificates          []certificate.Rule   // which users client certificates name; none for nobody
	IdentityHeaders       []identity.Header    // headers of trusted proxies that say who the user is
	MaxCredentialAge      time.Duration        // how long tokens and access keys live at most; 0 is no limit
	TrustedProxies        []netip.Prefix
	MaxRequestBytes       int // what Envoy may send in one Check
	MaxResponseBytes      int // what Envoy may send in one Process message
	CacheEntries          int // owners of runs and logged models that are remembered
	LogAllowed            bool
}

// Validate checks what does not depend on the machine.
func (c Config) Validate() error {
	var errs []error
	for _, required := range []struct{ flag, value string }{
		{"store", c.StorePath},
		{"grpc-listen", c.GRPCListen},
		{"admin-listen", c.AdminListen},
		{"diagnostics-listen", c.DiagnosticsListen},
		{"mlflow-url", c.MLflowURL},
	} {
		if required.value == "" {
			errs = append(errs, fmt.Errorf("--%s must not be empty", required.flag))
		}
	}
	if u, err := url.Parse(c.MLflowURL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		errs = append(errs, fmt.Errorf("--mlflow-url %q: give it as http://host:port", c.MLflowURL))
	}
	switch c.DefaultPermission {
	case authz.Read, authz.Use, authz.Edit, authz.Manage, authz.NoPermissions:
	default:
		errs = append(errs, errors.New("--default-permission must be one of READ, USE, EDIT, MANAGE, NO_PERMISSIONS"))
	}
	if c.MaxRequestBytes <= 0 || c.MaxResponseBytes <= 0 || c.CacheEntries <= 0 {
		errs = append(errs, errors.New("--max-request-bytes, --max-response-bytes and --cache-entries must be above zero"))
	}
	for _, carrier := range c.Carriers {
		if err := carrier.Check(); err != nil {
			errs = append(errs, fmt.Errorf("--token-header: %w", err))
		}
	}
	return errors.Join(append(errs, c.checkTLS())...)
}

// network splits a listen address into what net.Listen takes.
func network(listen string) (network, address string) {
	if path, ok := strings.CutPrefix(listen, "unix://"); ok {
		return "unix", path
	}
	return "tcp", listen
}
