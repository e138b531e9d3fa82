package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"extauthz/authz"
)

// Config is everything that can be set. Flags, the environment and MLflow's basic_auth.ini fill it in.
type Config struct {
	StorePath string
	// Init creates the store when there has never been one.
	Init bool

	GRPCListen        string // host:port or unix:///path
	AdminListen       string // the auth REST API
	DiagnosticsListen string // health and metrics
	PprofListen       string // Go's profiles, on a loopback address; "" is off

	MLflowURL         string // scheme, host and port; the static prefix is added
	StaticPrefix      string // MLflow's --static-prefix
	DefaultPermission authz.Permission
	// Workspaces says that MLflow's workspaces are on. Nothing is then permitted that is not granted, unless GrantDefaultWorkspace shares
	// what lies in the default one, as in MLflow.
	Workspaces            bool
	GrantDefaultWorkspace bool
	AdminUsername         string
	AdminPassword         string
	AllowDefaultPassword  bool   // for development: MLflow's documented default password may be kept
	SecretKey             string // shared by all replicas, for what they hand out and must know again; "" is a random one
	TrustedProxies        []netip.Prefix
	MaxRequestBytes       int // what Envoy may send in one Check
	MaxResponseBytes      int // what Envoy may send in one Process message
	CacheEntries          int // owners of runs and logged models that are remembered
	LogAllowed            bool
	LogLevel              slog.Level    // of everything but decisions
	ShutdownDelay         time.Duration // between saying NOT_SERVING and closing the listeners
	Version, Revision     string        // of this build
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
	if c.PprofListen != "" && !loopback(c.PprofListen) {
		errs = append(errs, fmt.Errorf("--pprof-listen %q: profiles show the memory of this process, secrets too; give it as 127.0.0.1:port or [::1]:port", c.PprofListen))
	}
	if c.ShutdownDelay < 0 {
		errs = append(errs, errors.New("--shutdown-delay must not be negative"))
	}
	return errors.Join(errs...)
}

// loopback wants an address, no name: a name is whatever a resolver says.
func loopback(listen string) bool {
	a, err := netip.ParseAddrPort(listen)
	return err == nil && a.Addr().IsLoopback()
}

// network splits a listen address into what net.Listen takes.
func network(listen string) (network, address string) {
	if path, ok := strings.CutPrefix(listen, "unix://"); ok {
		return "unix", path
	}
	return "tcp", listen
}
