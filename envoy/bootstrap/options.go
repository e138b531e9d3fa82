package bootstrap

import (
	"errors"
	"fmt"
	"strings"
)

// Options say where the parts are. Listen, MLflow, Check and AuthAPI have no default.
type Options struct {
	Listen  string // host:port of Envoy's public listener
	MLflow  string // host:port of a plain `mlflow server`
	Check   string // the service's gRPC listener: host:port or unix:///path
	AuthAPI string // host:port of the service's admin HTTP listener

	// Domains are the host names that clients use, without ports: any other Host is answered 404, which is what stops DNS rebinding.
	// The default is this machine's loopback names. MLflow ≥ 3.5 has its own list (--allowed-hosts), which must allow them as well.
	Domains []string
	// StaticPrefix is MLflow's --static-prefix ("/mlflow"). Special routes then answer with and without it, as parts of MLflow do.
	StaticPrefix string
	// MaxRequestBytes bounds every request body but artifact uploads, MaxResponseBytes every response that the service must see.
	MaxRequestBytes  uint32
	MaxResponseBytes uint32
	// AdminListen is where Envoy's own admin endpoint listens. It can stop Envoy and shows its memory, so there is none by default.
	AdminListen string
	NodeID      string
	OAuth2      OAuth2
	Tracing     Tracing

	TLS        PublicTLS
	ServiceTLS ServiceTLS
	// SecretsDir is where Envoy finds the files of Secrets: an absolute path, needed with TLS.
	SecretsDir string
}

const (
	defaultMaxRequestBytes  = 8 << 20
	defaultMaxResponseBytes = 32 << 20
)

func (o Options) withDefaults() Options {
	if len(o.Domains) == 0 {
		o.Domains = []string{"localhost", "127.0.0.1", "[::1]"}
	}
	if o.MaxRequestBytes == 0 {
		o.MaxRequestBytes = defaultMaxRequestBytes
	}
	if o.MaxResponseBytes == 0 {
		o.MaxResponseBytes = defaultMaxResponseBytes
	}
	if o.NodeID == "" {
		o.NodeID = "extauthz-envoy"
	}
	if o.OAuth2.on() {
		o.OAuth2 = o.OAuth2.withDefaults()
	}
	return o
}

func (o Options) validate() error {
	var errs []error
	for _, a := range []struct{ name, value string }{{"listen", o.Listen}, {"mlflow", o.MLflow}, {"auth-api", o.AuthAPI}} {
		if _, err := tcpAddress(a.value); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", a.name, err))
		}
	}
	if _, err := address(o.Check); err != nil {
		errs = append(errs, fmt.Errorf("check: %w", err))
	}
	if o.AdminListen != "" {
		if _, err := tcpAddress(o.AdminListen); err != nil {
			errs = append(errs, fmt.Errorf("admin-listen: %w", err))
		}
	}
	errs = append(errs, o.OAuth2.validate()...)
	errs = append(errs, o.validatePublic()...)
	errs = append(errs, o.Tracing.validate()...)
	return errors.Join(append(errs, o.validateTLS()...)...)
}

func (o Options) validatePublic() (errs []error) {
	for _, d := range o.Domains {
		if d == "" || strings.Contains(d, "*") || strings.ContainsAny(d, "/@ ") {
			errs = append(errs, fmt.Errorf("domain: %q is not a host name; a wildcard would let DNS rebinding in, so name every host", d))
		}
	}
	if p := o.StaticPrefix; p != "" && (!strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/")) {
		errs = append(errs, fmt.Errorf("static-prefix: %q must start with a slash and not end with one, as MLflow demands", p))
	}
	return errs
}
