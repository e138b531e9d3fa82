package app

import (
	"net"
	"net/netip"
	"path"
	"strings"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
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
	MaxCredentialAge time.Duration        // how long tokens and access keys live at most; 0 is no limit
	TrustedProxies   []netip.Prefix       // nil is loopback
	LogAllowed       bool
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
