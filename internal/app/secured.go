package app

import (
	"crypto/tls"
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
type secured struct{ grpc, admin *servertls.Follower }

func secure(c Config, registry prometheus.Registerer, log *slog.Logger) (s secured, err error) {
	metrics := servertls.NewMetrics(registry)
	if c.GRPCTLS.On() {
		if s.grpc, err = servertls.Follow("grpc", c.GRPCTLS, []string{"h2"}, metrics, log); err != nil {
			return s, fmt.Errorf("--grpc-tls: %w", err)
		}
	}
	if c.AdminTLS.On() {
		files := c.AdminTLS
		files.ClientOptional = true // who shows none signs in otherwise
		if s.admin, err = servertls.Follow("admin", files, []string{"http/1.1"}, metrics, log); err != nil {
			return s, fmt.Errorf("--admin-tls: %w", err)
		}
	}
	return s, nil
}

// followers are those that have files to follow.
func (s secured) followers() (all []*servertls.Follower) {
	for _, f := range []*servertls.Follower{s.grpc, s.admin} {
		if f != nil {
			all = append(all, f)
		}
	}
	return all
}

// wrap has the admin listener speak TLS.
func (s secured) wrap(l net.Listener) net.Listener {
	if s.admin == nil {
		return l
	}
	return tls.NewListener(l, s.admin.Config())
}

func (s secured) grpcOptions() []grpc.ServerOption {
	if s.grpc == nil {
		return nil
	}
	return []grpc.ServerOption{grpc.Creds(grpctls.NewTLS(s.grpc.Config()))}
}

// errExposed: whoever reaches the gRPC listener can say who a connection is from and which certificate it has, and gets a sealed word for it.
var errExposed = errors.New("--grpc-listen: with certificate rules or identity headers, whoever reaches this address can be anybody. " +
	"Make it a unix socket or a loopback address, or have it ask for Envoy's certificate by name (--grpc-tls-cert, --grpc-tls-key, --grpc-client-ca, " +
	"--grpc-client-name). Where the network lets nobody but Envoy reach it, say so with --trust-grpc-network")

// checkTLS refuses settings that secure less than they seem to.
func (c Config) checkTLS() error {
	var errs []error
	for _, l := range []struct {
		name, listen string
		files        servertls.Files
	}{{"grpc", c.GRPCListen, c.GRPCTLS}, {"admin", c.AdminListen, c.AdminTLS}} {
		if err := l.files.Check(); err != nil {
			errs = append(errs, fmt.Errorf("--%s-tls-cert, --%s-tls-key, --%s-client-ca: %w", l.name, l.name, l.name, err))
		}
		if kind, _ := network(l.listen); kind == "unix" && l.files.On() {
			errs = append(errs, fmt.Errorf("--%s-tls-cert: a unix socket has no TLS; its file mode says who may connect", l.name))
		}
	}
	believed := len(c.Certificates) > 0 || len(c.IdentityHeaders) > 0
	if believed && exposed(c.GRPCListen) && !c.GRPCTLS.Mutual() && !c.TrustGRPCNetwork {
		errs = append(errs, errExposed)
	}
	return errors.Join(errs...)
}

// warnExposed says what is open to a network. Kubernetes' probes, sidecars and NetworkPolicies have their reasons, so it is no error.
func (c Config) warnExposed(log *slog.Logger) {
	if exposed(c.GRPCListen) && !c.GRPCTLS.Mutual() && !c.TrustGRPCNetwork {
		log.Warn("anybody who reaches --grpc-listen can ask about any request, and reads credentials on their way if there is no TLS: "+
			"let only Envoy reach it, or set --grpc-tls-cert, --grpc-client-ca and --grpc-client-name", "grpc", c.GRPCListen)
	}
	if exposed(c.AdminListen) && !c.AdminTLS.On() {
		log.Warn("--admin-listen takes passwords over plain HTTP: let only Envoy reach it, or set --admin-tls-cert and --admin-tls-key", "admin", c.AdminListen)
	}
}

// exposed reports whether other machines may reach an address. A name other than localhost is whatever a resolver says.
func exposed(listen string) bool {
	kind, address := network(listen)
	host, _, err := net.SplitHostPort(address)
	if kind == "unix" || err == nil && host == "localhost" {
		return false
	}
	a, err := netip.ParseAddr(strings.TrimSpace(host))
	return err != nil || !a.IsLoopback()
}
