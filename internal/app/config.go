package app

import (
	"net"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/jwt"
	"extauthz/authz/mlflow"
)

// Config is everything that can be set. Package config fills it in from flags, the environment and files.
type Config struct {
	StorePath string
	// Init creates the store when there has never been one.
	Init bool

	GRPCListen        string // host:port or unix:///path
	AdminListen       string // the auth REST API
	DiagnosticsListen string // health and metrics

	MLflowURL    string // scheme, host and port; the static prefix is added
	StaticPrefix string // MLflow's --static-prefix
	// Workspaces says that MLflow's workspaces are on. Nothing is then permitted that is not granted, unless GrantDefaultWorkspace shares
	// what lies in the default one, as in MLflow.
	Workspaces bool
	// BareWorkspaces leaves new workspaces without the two roles that MLflow makes for each.
	BareWorkspaces bool

	AdminUsername        string
	AdminPassword        string
	AllowDefaultPassword bool   // for development: MLflow's documented default password may be kept
	SecretKey            string // shared by all replicas, for what they hand out and must know again; "" is a random one
	// AccessKeySecrets encrypt the secrets of access keys in the store: one a line, of at least 32 bytes each; the first one seals. "" has no
	// access keys.
	AccessKeySecrets      string
	SigV4Region           string // that signatures must be for; "" is any
	SigV4UnverifiedBodies bool   // signed uploads whose body the proxy does not show are accepted
	SigV4WholeQueries     bool   // every value of a repeated query parameter must be signed, which MLflow's signer does not

	MaxRequestBytes  int // what Envoy may send in one Check
	MaxResponseBytes int // what Envoy may send in one Process message
	CacheEntries     int // owners of runs and logged models that are remembered

	Live
}

// Live is what Reload changes while the service runs. Every other field takes a restart.
type Live struct {
	DefaultPermission     authz.Permission
	GrantDefaultWorkspace bool
	// Creators says who may create what, besides admins; a kind that it does not name is everybody's to create.
	Creators         map[authz.Kind]authz.Creators
	Carriers         []credential.Carrier // headers, besides Authorization, that carry a token
	Issuers          []jwt.Issuer         // who signs tokens of users that are accepted
	MaxCredentialAge time.Duration        // how long tokens and access keys live at most; 0 is no limit
	TrustedProxies   []netip.Prefix       // nil is loopback
	LogAllowed       bool
	// ReportOnly lets everything through that would be denied, and ReportOperations what those operations would be denied for. It is noted.
	ReportOnly       bool
	ReportOperations []string
}

// reported says which operations are only reported; nil is none.
func (l Live) reported() func(authz.Operation) bool {
	if !l.ReportOnly && len(l.ReportOperations) == 0 {
		return nil
	}
	return func(op authz.Operation) bool { return l.ReportOnly || slices.Contains(l.ReportOperations, op.Name) }
}

// Validate checks what does not depend on the machine. Its errors are Invalid, joined.
func (c Config) Validate() error {
	var p problems
	p.listens("grpc-listen", c.GRPCListen)
	p.listens("admin-listen", c.AdminListen)
	p.listens("diagnostics-listen", c.DiagnosticsListen)
	if c.StorePath == "" {
		p.add("store", "must not be empty")
	}
	p.mlflow("mlflow-url", c.MLflowURL)
	if prefix := c.StaticPrefix; prefix != "" && (prefix[0] != '/' || prefix == "/" || path.Clean(prefix) != prefix || strings.ContainsAny(prefix, "{}%?# ")) {
		p.add("static-prefix", "%q: give it as /name", prefix)
	}
	if c.DefaultPermission == authz.NoGrant || c.DefaultPermission == authz.Deny {
		p.add("default-permission", "must be one of READ, USE, EDIT, MANAGE, NO_PERMISSIONS")
	}
	p.above("max-request-bytes", c.MaxRequestBytes)
	p.above("max-response-bytes", c.MaxResponseBytes)
	p.above("cache-entries", c.CacheEntries)
	p.keys("access-key-secret-file", c.AccessKeySecrets)
	p.age("max-credential-age", c.MaxCredentialAge)
	p.carriers(c.Carriers)
	for _, name := range c.ReportOperations {
		if !slices.Contains(mlflow.Operations(), name) {
			p.add("report-operations", "there is no operation %q; `extauthz routes` lists them", name)
		}
	}
	p.issuers(c.Issuers)
	return p.joined()
}

// network splits a listen address into what net.Listen takes.
func network(listen string) (network, address string) {
	if path, ok := strings.CutPrefix(listen, "unix://"); ok {
		return "unix", path
	}
	return "tcp", listen
}

func listenable(listen string) bool {
	kind, address := network(listen)
	if kind == "unix" {
		return address != ""
	}
	_, port, err := net.SplitHostPort(address)
	return err == nil && port != ""
}
