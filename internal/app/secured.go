package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	grpctls "google.golang.org/grpc/credentials"

	"extauthz/internal/servertls"
)

// secured are the listeners that have TLS; nil for one that has none.
type secured struct{ grpc, admin, apiGRPC *servertls.Follower }

func secure(c Config, registry prometheus.Registerer, log *slog.Logger) (s secured, err error) {
	metrics := servertls.NewMetrics(registry)
	if files := c.grpcTLS(); files.On() {
		if s.grpc, err = servertls.Follow("grpc", files, []string{"h2"}, metrics, log); err != nil {
			return s, fmt.Errorf("--grpc-tls-cert: %w", err)
		}
	}
	if files := c.adminTLS(); files.On() {
		if s.admin, err = servertls.Follow("admin", files, []string{"http/1.1"}, metrics, log); err != nil {
			return s, fmt.Errorf("--admin-tls-cert: %w", err)
		}
	}
	if files := c.apiGRPCTLS(); files.On() {
		if s.apiGRPC, err = servertls.Follow("api-grpc", files, []string{"h2"}, metrics, log); err != nil {
			return s, fmt.Errorf("--admin-tls-cert: %w", err)
		}
	}
	return s, nil
}

// followers are those that have files to follow.
func (s secured) followers() (all []*servertls.Follower) {
	for _, f := range []*servertls.Follower{s.grpc, s.admin, s.apiGRPC} {
		if f != nil {
			all = append(all, f)
		}
	}
	return all
}

// grpcOptions have a gRPC listener speak TLS; none without any.
func grpcOptions(f *servertls.Follower) []grpc.ServerOption {
	if f == nil {
		return nil
	}
	return []grpc.ServerOption{grpc.Creds(grpctls.NewTLS(f.Config()))}
}

// grpcTLS names who may connect: whoever reaches Envoy's door to the service can say anything about anybody.
func (c Config) grpcTLS() servertls.Files {
	return servertls.Files{Certificate: c.GRPCTLSCert, Key: c.GRPCTLSKey, ClientCA: c.GRPCClientCA, ClientNames: c.GRPCClientNames}
}

// adminTLS asks for certificates; who shows none signs in otherwise.
func (c Config) adminTLS() servertls.Files {
	return servertls.Files{Certificate: c.AdminTLSCert, Key: c.AdminTLSKey, ClientCA: c.AdminClientCA, ClientOptional: true}
}

// apiGRPCTLS is the admin listener's: it is the same API, for the same clients.
func (c Config) apiGRPCTLS() servertls.Files {
	if kind, _ := network(c.APIGRPCListen); c.APIGRPCListen == "" || kind == "unix" {
		return servertls.Files{}
	}
	return c.adminTLS()
}

// verifyTLS says why the files could not be used.
func (c Config) verifyTLS() error {
	verify := func(setting string, files servertls.Files) error {
		if err := files.Verify(); err != nil {
			return fmt.Errorf("--%s: %w", setting, err)
		}
		return nil
	}
	return errors.Join(verify("grpc-tls-cert", c.grpcTLS()), verify("admin-tls-cert", c.adminTLS()))
}

// secured refuses what secures less than it seems to.
func (p *problems) secured(c Config) {
	for _, l := range []struct {
		name, listen string
		files        servertls.Files
	}{{"grpc", c.GRPCListen, c.grpcTLS()}, {"admin", c.AdminListen, c.adminTLS()}} {
		if err := l.files.Check(); err != nil {
			p.add(l.name+"-tls-cert", "and what belongs to it: %v", err)
		}
		if kind, _ := network(l.listen); kind == "unix" && l.files.On() {
			p.add(l.name+"-tls-cert", "is for host:port: a unix socket has no TLS, its file mode says who may connect")
		}
	}
	believed := len(c.Certificates) > 0 || len(c.IdentityHeaders) > 0
	if believed && c.exposed() {
		p.add("grpc-listen", "%q: with certificates or identity headers, whoever reaches this address can be anybody. Make it a unix socket or a loopback address, "+
			"or have it ask for Envoy's certificate by name (--grpc-tls-cert, --grpc-tls-key, --grpc-client-ca, --grpc-client-names). "+
			"Where the network lets nobody but Envoy reach it, say so with --trust-grpc-network", c.GRPCListen)
	}
}

// exposed reports whether others than Envoy may reach the gRPC listener, and be served there: they can say who a connection is from and which
// certificate it has.
func (c Config) exposed() bool {
	return reachable(c.GRPCListen) && !c.grpcTLS().Mutual() && !c.TrustGRPCNetwork
}

// warnExposed says what is open to a network. Kubernetes' probes, sidecars and NetworkPolicies have their reasons, so it is no error.
func (c Config) warnExposed(log *slog.Logger) {
	if c.exposed() {
		log.Warn("anybody who reaches --grpc-listen can ask about any request, and reads credentials on their way if there is no TLS: "+
			"let only Envoy reach it, or set --grpc-tls-cert, --grpc-client-ca and --grpc-client-names", "grpc", c.GRPCListen)
	}
	if reachable(c.AdminListen) && !c.adminTLS().On() {
		log.Warn("--admin-listen takes passwords over plain HTTP: let only Envoy reach it, or set --admin-tls-cert and --admin-tls-key", "admin", c.AdminListen)
	}
	if c.APIGRPCListen != "" && reachable(c.APIGRPCListen) && !c.apiGRPCTLS().On() {
		log.Warn("--api-grpc-listen takes passwords without TLS: set --admin-tls-cert and --admin-tls-key", "api_grpc", c.APIGRPCListen)
	}
}

// reachable reports whether other machines may reach an address. A name other than localhost is whatever a resolver says.
func reachable(listen string) bool {
	kind, address := network(listen)
	host, _, err := net.SplitHostPort(address)
	if kind == "unix" || err == nil && host == "localhost" {
		return false
	}
	a, err := netip.ParseAddr(strings.TrimSpace(host))
	return err != nil || !a.IsLoopback()
}
