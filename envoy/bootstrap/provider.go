package bootstrap

import (
	"net"
	"net/netip"
	"net/url"
	"time"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
)

const providerCluster = "openid-provider"

// provider is the token endpoint's server. Its certificate has to be for its host.
func provider(a OAuth2) (*clusterv3.Cluster, error) {
	u, err := url.Parse(a.TokenEndpoint)
	if err != nil {
		return nil, err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	at, err := tcpAddress(net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, err
	}
	c := &clusterv3.Cluster{
		Name:                 providerCluster,
		ClusterDiscoveryType: &clusterv3.Cluster_Type{Type: discovery(at)},
		ConnectTimeout:       durationpb.New(5 * time.Second),
		LoadAssignment:       oneEndpoint(providerCluster, at),
	}
	if u.Scheme == "https" {
		c.TransportSocket, err = providerTLS(u.Hostname(), a.CA)
	}
	return c, err
}

func providerTLS(host, ca string) (*corev3.TransportSocket, error) {
	san := &tlsv3.SubjectAltNameMatcher{
		SanType: tlsv3.SubjectAltNameMatcher_DNS,
		Matcher: &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_Exact{Exact: host}},
	}
	sni := host
	if _, err := netip.ParseAddr(host); err == nil {
		san.SanType, sni = tlsv3.SubjectAltNameMatcher_IP_ADDRESS, ""
	}
	config, err := anypb.New(&tlsv3.UpstreamTlsContext{
		Sni: sni,
		CommonTlsContext: &tlsv3.CommonTlsContext{ValidationContextType: &tlsv3.CommonTlsContext_ValidationContext{
			ValidationContext: &tlsv3.CertificateValidationContext{
				TrustedCa:                 &corev3.DataSource{Specifier: &corev3.DataSource_Filename{Filename: ca}},
				MatchTypedSubjectAltNames: []*tlsv3.SubjectAltNameMatcher{san},
			},
		}},
	})
	return &corev3.TransportSocket{
		Name:       "envoy.transport_sockets.tls",
		ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: config},
	}, err
}
