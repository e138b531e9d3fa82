package bootstrap

import (
	"path/filepath"
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	discoveryv3 "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
)

// The secrets, each in a file of its own: that is where Envoy reads certificates from that may change while it runs.
const (
	publicCertificate = "public-certificate"
	clientCA          = "client-ca"
	envoyCertificate  = "envoy-certificate"
	serviceCA         = "service-ca"
)

// secretPoll is how soon Envoy sees that a certificate, key, CA or revocation list has changed. Looking is sturdier than waiting for a move:
// files are also written in place, and behind the symbolic links that Kubernetes mounts secrets by. What cannot be read or does not fit
// together changes nothing.
const secretPoll = 5 * time.Second

// secret refers to one of the files of Secrets.
func (o Options) secret(name string) *tlsv3.SdsSecretConfig {
	return &tlsv3.SdsSecretConfig{Name: name, SdsConfig: &corev3.ConfigSource{
		ResourceApiVersion: corev3.ApiVersion_V3,
		ConfigSourceSpecifier: &corev3.ConfigSource_PathConfigSource{PathConfigSource: &corev3.PathConfigSource{
			Path: filepath.Join(o.SecretsDir, secretFile(name)), PollInterval: durationpb.New(secretPoll),
		}},
	}}
}

func secretFile(name string) string { return name + ".json" }

// Secrets returns the files that must lie in SecretsDir when Envoy starts, by name: none without TLS. They say where certificates are, and
// hold no key.
func Secrets(o Options) (map[string][]byte, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, s := range o.secrets() {
		text, err := discovered(s)
		if err != nil {
			return nil, err
		}
		files[secretFile(s.GetName())] = text
	}
	return files, nil
}

func (o Options) secrets() (all []*tlsv3.Secret) {
	if t := o.TLS; t.Certificate != "" {
		all = append(all, pair(publicCertificate, t.Certificate, t.Key))
		if t.ClientCA != "" {
			all = append(all, authority(clientCA, t.ClientCA, t.ClientCRL))
		}
	}
	if t := o.ServiceTLS; t.CA != "" {
		all = append(all, authority(serviceCA, t.CA, ""))
		if t.Certificate != "" {
			all = append(all, pair(envoyCertificate, t.Certificate, t.Key))
		}
	}
	return all
}

func pair(name, certificate, key string) *tlsv3.Secret {
	return &tlsv3.Secret{Name: name, Type: &tlsv3.Secret_TlsCertificate{TlsCertificate: &tlsv3.TlsCertificate{
		CertificateChain: file(certificate), PrivateKey: file(key),
	}}}
}

// authority verifies by a CA, and by its revocation lists for the certificate itself: authorities above it often publish none.
func authority(name, ca, crl string) *tlsv3.Secret {
	v := &tlsv3.CertificateValidationContext{TrustedCa: file(ca)}
	if crl != "" {
		v.Crl, v.OnlyVerifyLeafCertCrl = file(crl), true
	}
	return &tlsv3.Secret{Name: name, Type: &tlsv3.Secret_ValidationContext{ValidationContext: v}}
}

func file(path string) *corev3.DataSource {
	return &corev3.DataSource{Specifier: &corev3.DataSource_Filename{Filename: path}}
}

func discovered(s *tlsv3.Secret) ([]byte, error) {
	resource, err := anypb.New(s)
	if err != nil {
		return nil, err
	}
	return print(&discoveryv3.DiscoveryResponse{VersionInfo: "1", Resources: []*anypb.Any{resource}})
}
