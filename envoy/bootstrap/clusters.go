package bootstrap

import (
	"time"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	httpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const (
	mlflowCluster  = "mlflow"
	checkCluster   = "extauthz"
	authAPICluster = "extauthz-auth-api"
)

// clusters are MLflow and the service's two faces. None has health checks: with one endpoint each there is nowhere else to send a request,
// and a failed connection answers 503 at once.
func clusters(o Options) ([]*clusterv3.Cluster, error) {
	var out []*clusterv3.Cluster
	for _, c := range []struct {
		name, target string
		connect      time.Duration
		protocol     *httpv3.HttpProtocolOptions
		alpn         string // "" for what is not the service's
	}{
		{mlflowCluster, o.MLflow, 5 * time.Second, http1(), ""},
		{checkCluster, o.Check, time.Second, http2(), "h2"},
		{authAPICluster, o.AuthAPI, time.Second, http1(), "http/1.1"},
	} {
		a, err := address(c.target)
		if err != nil {
			return nil, err
		}
		protocol, err := anypb.New(c.protocol)
		if err != nil {
			return nil, err
		}
		var security *corev3.TransportSocket
		if c.alpn != "" {
			if security, err = serviceSocket(o, a, c.alpn); err != nil {
				return nil, err
			}
		}
		out = append(out, &clusterv3.Cluster{
			Name:                          c.name,
			TransportSocket:               security,
			ClusterDiscoveryType:          &clusterv3.Cluster_Type{Type: discovery(a)},
			ConnectTimeout:                durationpb.New(c.connect),
			LoadAssignment:                oneEndpoint(c.name, a),
			CircuitBreakers:               breakers(),
			TypedExtensionProtocolOptions: map[string]*anypb.Any{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": protocol},
		})
	}
	if o.OAuth2.on() {
		c, err := provider(o.OAuth2)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if o.Tracing.on() {
		c, err := collector(o.Tracing)
		return append(out, c), err
	}
	return out, nil
}

func discovery(a *corev3.Address) clusterv3.Cluster_DiscoveryType {
	if needsDNS(a) {
		return clusterv3.Cluster_STRICT_DNS
	}
	return clusterv3.Cluster_STATIC
}

func oneEndpoint(name string, a *corev3.Address) *endpointv3.ClusterLoadAssignment {
	endpoint := &endpointv3.LbEndpoint{HostIdentifier: &endpointv3.LbEndpoint_Endpoint{Endpoint: &endpointv3.Endpoint{Address: a}}}
	return &endpointv3.ClusterLoadAssignment{
		ClusterName: name,
		Endpoints:   []*endpointv3.LocalityLbEndpoints{{LbEndpoints: []*endpointv3.LbEndpoint{endpoint}}},
	}
}

// breakers lifts Envoy's default of 1024 requests at a time, beyond which every check would fail and so every request be refused. The
// listener's connection limit is what bounds the load.
func breakers() *clusterv3.CircuitBreakers {
	most := wrapperspb.UInt32(100_000)
	return &clusterv3.CircuitBreakers{Thresholds: []*clusterv3.CircuitBreakers_Thresholds{{
		MaxConnections: most, MaxPendingRequests: most, MaxRequests: most,
	}}}
}

// http1 gives idle connections up before the server does: uvicorn closes them after 5 s, gunicorn after 2, and a request sent into a closing
// connection would fail, with no retries to hide it.
func http1() *httpv3.HttpProtocolOptions {
	return &httpv3.HttpProtocolOptions{
		CommonHttpProtocolOptions: &corev3.HttpProtocolOptions{IdleTimeout: durationpb.New(1500 * time.Millisecond)},
		UpstreamProtocolOptions: &httpv3.HttpProtocolOptions_ExplicitHttpConfig_{ExplicitHttpConfig: &httpv3.HttpProtocolOptions_ExplicitHttpConfig{
			ProtocolConfig: &httpv3.HttpProtocolOptions_ExplicitHttpConfig_HttpProtocolOptions{HttpProtocolOptions: &corev3.Http1ProtocolOptions{}},
		}},
	}
}

// http2 is gRPC's transport. Without keep-alive pings: grpc-go hangs up on clients that ping more often than every five minutes.
func http2() *httpv3.HttpProtocolOptions {
	return &httpv3.HttpProtocolOptions{
		UpstreamProtocolOptions: &httpv3.HttpProtocolOptions_ExplicitHttpConfig_{ExplicitHttpConfig: &httpv3.HttpProtocolOptions_ExplicitHttpConfig{
			ProtocolConfig: &httpv3.HttpProtocolOptions_ExplicitHttpConfig_Http2ProtocolOptions{Http2ProtocolOptions: &corev3.Http2ProtocolOptions{}},
		}},
	}
}
