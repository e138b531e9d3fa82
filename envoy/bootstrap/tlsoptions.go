package bootstrap

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"

	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
)

// validateTLS wants options that belong together to come together: half of them would be less than somebody meant to have.
func (o Options) validateTLS() (errs []error) {
	p, s := o.TLS, o.ServiceTLS
	refuse := func(wrong bool, text string) {
		if wrong {
			errs = append(errs, errors.New(text))
		}
	}
	refuse((p.Certificate == "") != (p.Key == ""), "tls-cert and tls-key: give both or none")
	refuse(p.ClientCA != "" && p.Certificate == "", "client-ca: clients show certificates to TLS only; give tls-cert and tls-key, too")
	refuse(p.ClientCRL != "" && p.ClientCA == "", "client-crl: it belongs to a client-ca")
	refuse(p.RequireClientCertificate && p.ClientCA == "", "require-client-cert: it needs a client-ca")
	refuse((s.CA == "") != (s.Name == ""), "service-ca and service-name: give both or none; an authority may have signed other certificates, too")
	refuse((s.Certificate == "") != (s.Key == ""), "service-cert and service-key: give both or none")
	refuse(s.Certificate != "" && s.CA == "", "service-cert: Envoy shows it to TLS only; give service-ca and service-name, too")
	refuse(len(o.secrets()) > 0 && o.SecretsDir == "", "secrets-dir: say in which directory Envoy finds the files that name certificates")
	for _, path := range []struct{ name, value string }{
		{"secrets-dir", o.SecretsDir},
		{"tls-cert", p.Certificate},
		{"tls-key", p.Key},
		{"client-ca", p.ClientCA},
		{"client-crl", p.ClientCRL},
		{"service-ca", s.CA},
		{"service-cert", s.Certificate},
		{"service-key", s.Key},
	} {
		refuse(path.value != "" && !filepath.IsAbs(path.value), fmt.Sprintf("%s: %q is not an absolute path, and Envoy may run elsewhere", path.name, path.value))
	}
	return errs
}

func sanType(name string) tlsv3.SubjectAltNameMatcher_SanType {
	if _, err := netip.ParseAddr(name); err == nil {
		return tlsv3.SubjectAltNameMatcher_IP_ADDRESS
	}
	if strings.Contains(name, "://") {
		return tlsv3.SubjectAltNameMatcher_URI
	}
	return tlsv3.SubjectAltNameMatcher_DNS
}
