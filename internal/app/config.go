package app

import (
	"log/slog"
	"net"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/certificate"
	"extauthz/authz/credential/identity"
	"extauthz/authz/credential/jwt"
	"extauthz/authz/mlflow"
	"extauthz/internal/tracing"
)

// Config is everything that can be set. Package config fills it in from flags, the environment and files.
type Config struct {
	StorePath string
	// Init creates the store when there has never been one.
	Init bool

	GRPCListen        string // host:port or unix:///path
	AdminListen       string // the auth REST API
	DiagnosticsListen string // health and metrics
	HTTPCheckListen   string // for proxies that ask over HTTP; "" is off
	APIGRPCListen     string // the auth API over gRPC, with the TLS of AdminListen; "" is off
	GRPCReflection    bool   // APIGRPCListen tells anybody its methods
	PprofListen       string // Go's profiles, on a loopback address; "" is off

	// TLS of the listeners, in PEM files that may change; a unix socket needs none.
	GRPCTLSCert, GRPCTLSKey string
	GRPCClientCA            string   // of Envoy's certificate, which is then required
	GRPCClientNames         []string // URIs or DNS names, one of which that certificate must have; none is any certificate of GRPCClientCA
	TrustGRPCNetwork        bool     // nobody but Envoy reaches GRPCListen, whatever its address

	AdminTLSCert, AdminTLSKey string
	AdminClientCA             string // of clients' certificates, which may be shown

	OTLPEndpoint string // of a collector that takes traces; "" is off

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

	ShutdownDelay time.Duration // between saying NOT_SERVING and closing the listeners
	Build         Build         // of this binary, which nobody sets

	Live
}

// Build says which build of the service this is.
type Build struct{ Version, Revision string }

// Live is what Reload changes while the service runs. Every other field takes a restart.
type Live struct {
	DefaultPermission     authz.Permission
	GrantDefaultWorkspace bool
	// Creators says who may create what, besides admins; a kind that it does not name is everybody's to create.
	Creators         map[authz.Kind]authz.Creators
	Carriers         []credential.Carrier // headers, besides Authorization, that carry a token
	Issuers          []jwt.Issuer         // who signs tokens of users that are accepted
	Certificates     []certificate.Rule   // which users client certificates name; none for nobody
	IdentityHeaders  []identity.Header    // headers of trusted proxies that say who the user is
	MaxCredentialAge time.Duration        // how long tokens and access keys live at most; 0 is no limit
	TrustedProxies   []netip.Prefix       // nil is loopback
	LogAllowed       bool
	LogAllowedSample float64       // the share of allowed requests that LogAllowed logs
	AuditRetention   time.Duration // how long audit records are kept; 0 is for ever
	LogLevel         slog.Level    // of everything but decisions
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
	if c.HTTPCheckListen != "" {
		p.listens("http-check-listen", c.HTTPCheckListen)
	}
	if c.APIGRPCListen != "" {
		p.listens("api-grpc-listen", c.APIGRPCListen)
	}
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
			p.add("report-operations", "names %q, which is no operation; `extauthz routes` lists them", name)
		}
	}
	p.issuers(c.Issuers)
	p.profiles("pprof-listen", c.PprofListen)
	p.age("shutdown-delay", c.ShutdownDelay)
	if c.OTLPEndpoint != "" {
		if err := tracing.CheckEndpoint(c.OTLPEndpoint); err != nil {
			p.add("otlp-endpoint", "%v", err)
		}
	}
	p.share("log-allowed-sample", c.LogAllowedSample)
	p.retention(c.AuditRetention)
	p.certificates(c.Certificates)
	p.identities(c.IdentityHeaders, c.Carriers)
	p.secured(c)
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
