package app

import (
	"net"
	"net/netip"
	"net/url"
	"path"
	"strings"

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
	// EncryptionKeys encrypt what the store holds of secrets that must be known again, such as those of access keys: one a line, the first one
	// encrypts. "" stores no such secrets.
	EncryptionKeys string

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
	Creators       map[authz.Kind]authz.Creators
	Carriers       []credential.Carrier // headers of the operator's choice that carry a token
	TrustedProxies []netip.Prefix       // nil is loopback
	LogAllowed     bool
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
	if u, err := url.Parse(c.MLflowURL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		p.add("mlflow-url", "%q: give it as http://host:port", c.MLflowURL)
	}
	if prefix := c.StaticPrefix; prefix != "" && (prefix[0] != '/' || prefix == "/" || path.Clean(prefix) != prefix || strings.ContainsAny(prefix, "{}%?# ")) {
		p.add("static-prefix", "%q: give it as /name", prefix)
	}
	if c.DefaultPermission == authz.NoGrant || c.DefaultPermission == authz.Deny {
		p.add("default-permission", "must be one of READ, USE, EDIT, MANAGE, NO_PERMISSIONS")
	}
	p.above("max-request-bytes", c.MaxRequestBytes)
	p.above("max-response-bytes", c.MaxResponseBytes)
	p.above("cache-entries", c.CacheEntries)
	p.keys("encryption-keys-file", c.EncryptionKeys)
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
