package bootstrap

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// PublicTLS secures the public listener. The zero value is plain HTTP. All files are PEM, at absolute paths.
type PublicTLS struct {
	Certificate, Key string
	// ClientCA has clients asked for a certificate. One that is sent must come from one of these authorities, or there is no connection.
	ClientCA string
	// ClientCRL are revocation lists of those authorities.
	ClientCRL string
	// RequireClientCertificate turns away who sends none.
	RequireClientCertificate bool
}

// ServiceTLS secures Envoy's way to the service, both to its gRPC and to its admin listener; a unix socket needs none. The zero value is
// plain. All files are PEM, at absolute paths.
type ServiceTLS struct {
	CA string // of the service's certificates
	// Name is what the service's certificates must say: a DNS name, an address, or a URI.
	Name             string
	Certificate, Key string // Envoy's own
}

const tlsSocket = "envoy.transport_sockets.tls"

// publicSocket is TLS 1.2 or newer. Sessions are not resumed where clients have certificates: a resumed one is not verified again, so that
// neither a revocation nor another authority would hold for it.
func publicSocket(o Options) (*corev3.TransportSocket, error) {
	t := o.TLS
	if t.Certificate == "" {
		return nil, nil
	}
	context := &tlsv3.DownstreamTlsContext{CommonTlsContext: &tlsv3.CommonTlsContext{
		TlsParams:                      newerTLS(),
		AlpnProtocols:                  []string{"h2", "http/1.1"},
		TlsCertificateSdsSecretConfigs: []*tlsv3.SdsSecretConfig{o.secret(publicCertificate)},
	}}
	if t.ClientCA != "" {
		context.CommonTlsContext.ValidationContextType = &tlsv3.CommonTlsContext_ValidationContextSdsSecretConfig{
			ValidationContextSdsSecretConfig: o.secret(clientCA),
		}
		context.RequireClientCertificate = wrapperspb.Bool(t.RequireClientCertificate)
		context.SessionTicketKeysType = &tlsv3.DownstreamTlsContext_DisableStatelessSessionResumption{DisableStatelessSessionResumption: true}
		context.DisableStatefulSessionResumption = true
	}
	return socket(context)
}

// serviceSocket verifies the service and shows it Envoy's own certificate. The name is compared as it stands: an authority may have signed
// others.
func serviceSocket(o Options, a *corev3.Address, alpn string) (*corev3.TransportSocket, error) {
	if o.ServiceTLS.CA == "" || a.GetPipe() != nil {
		return nil, nil
	}
	context := &tlsv3.UpstreamTlsContext{CommonTlsContext: &tlsv3.CommonTlsContext{
		TlsParams:     newerTLS(),
		AlpnProtocols: []string{alpn},
		ValidationContextType: &tlsv3.CommonTlsContext_CombinedValidationContext{
			CombinedValidationContext: &tlsv3.CommonTlsContext_CombinedCertificateValidationContext{
				DefaultValidationContext:         named(o.ServiceTLS.Name),
				ValidationContextSdsSecretConfig: o.secret(serviceCA),
			},
		},
	}}
	if needsDNS(a) {
		context.Sni = a.GetSocketAddress().GetAddress()
	}
	if o.ServiceTLS.Certificate != "" {
		context.CommonTlsContext.TlsCertificateSdsSecretConfigs = []*tlsv3.SdsSecretConfig{o.secret(envoyCertificate)}
	}
	return socket(context)
}

func named(name string) *tlsv3.CertificateValidationContext {
	return &tlsv3.CertificateValidationContext{MatchTypedSubjectAltNames: []*tlsv3.SubjectAltNameMatcher{{
		SanType: sanType(name),
		Matcher: &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_Exact{Exact: name}},
	}}}
}

// newerTLS also lets Envoy's client side speak TLS 1.3, which it doesn't by default.
func newerTLS() *tlsv3.TlsParameters {
	return &tlsv3.TlsParameters{TlsMinimumProtocolVersion: tlsv3.TlsParameters_TLSv1_2, TlsMaximumProtocolVersion: tlsv3.TlsParameters_TLSv1_3}
}

func socket(context proto.Message) (*corev3.TransportSocket, error) {
	config, err := anypb.New(context)
	return &corev3.TransportSocket{Name: tlsSocket, ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: config}}, err
}
