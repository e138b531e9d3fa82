package bootstrap

import (
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// connectionBuffer is how much Envoy holds for one connection before it stops reading from the faster side. It is also the most that
// ext_proc may buffer of a response, unless a route says otherwise; see filteredRoute.
const connectionBuffer = 1 << 20

func listener(o Options, routes *routev3.VirtualHost) (*listenerv3.Listener, error) {
	a, err := tcpAddress(o.Listen)
	if err != nil {
		return nil, err
	}
	hcm, err := connectionManager(o, routes)
	if err != nil {
		return nil, err
	}
	config, err := anypb.New(hcm)
	if err != nil {
		return nil, err
	}
	security, err := publicSocket(o)
	if err != nil {
		return nil, err
	}
	return &listenerv3.Listener{
		Name:                          "public",
		Address:                       a,
		PerConnectionBufferLimitBytes: wrapperspb.UInt32(connectionBuffer),
		FilterChains: []*listenerv3.FilterChain{{TransportSocket: security, Filters: []*listenerv3.Filter{{
			Name:       "envoy.filters.network.http_connection_manager",
			ConfigType: &listenerv3.Filter_TypedConfig{TypedConfig: config},
		}}}},
	}, nil
}

// connectionManager refuses what MLflow and the check could read in two ways before either sees it, and takes nothing that a client says
// about itself on trust: X-Forwarded-Client-Cert never gets in, which is Envoy's default. There are no upgrade_configs: MLflow has no WebSockets, and an upgraded connection escapes the check.
func connectionManager(o Options, routes *routev3.VirtualHost) (*hcmv3.HttpConnectionManager, error) {
	filters, err := httpFilters(o)
	if err != nil {
		return nil, err
	}
	log, err := accessLog()
	if err != nil {
		return nil, err
	}
	strip, err := stripHeaders(o)
	if err != nil {
		return nil, err
	}
	traces, err := tracing(o.Tracing)
	if err != nil {
		return nil, err
	}
	hcm := &hcmv3.HttpConnectionManager{
		StatPrefix:  "public",
		HttpFilters: filters,
		AccessLog:   log,
		Tracing:     traces,
		RouteSpecifier: &hcmv3.HttpConnectionManager_RouteConfig{RouteConfig: &routev3.RouteConfiguration{
			Name: "public", VirtualHosts: []*routev3.VirtualHost{routes},
			// "localhost" means localhost at any port; a Host header always has the port in it.
			IgnorePortInHostMatching: true,
		}},
		EarlyHeaderMutationExtensions: strip,
	}
	canonicalPaths(hcm)
	trustNobody(hcm)
	limitRequests(hcm)
	if o.OAuth2.on() {
		hcm.LocalReplyConfig = withoutPrompts()
	}
	return hcm, nil
}

// canonicalPaths resolves dot segments, as MLflow's clients never send them, and refuses escaped slashes. Slashes are not merged: a path
// with an empty segment has to reach the check as it is, to be refused there.
func canonicalPaths(hcm *hcmv3.HttpConnectionManager) {
	hcm.NormalizePath = wrapperspb.Bool(true)
	hcm.MergeSlashes = false
	hcm.PathWithEscapedSlashesAction = hcmv3.HttpConnectionManager_REJECT_REQUEST
}

// trustNobody makes the client's address the one it connects from, and no client, even one on this machine, an internal one whose
// x-envoy-* headers count: "x-envoy-retry-on" would have Envoy repeat requests. MLflow takes X-Forwarded-For from a proxy on its own host
// and opens "localhost only" endpoints by it, so the header must say where the request really came from.
func trustNobody(hcm *hcmv3.HttpConnectionManager) {
	hcm.UseRemoteAddress = wrapperspb.Bool(true)
	hcm.XffNumTrustedHops = 0
	hcm.InternalAddressConfig = nobodyInternal()
	hcm.GenerateRequestId = wrapperspb.Bool(true)
	hcm.PreserveExternalRequestId = false
	hcm.AlwaysSetRequestIdInResponse = true // what a user quotes when asking why
	hcm.ServerHeaderTransformation = hcmv3.HttpConnectionManager_OVERWRITE
	hcm.ServerName = "envoy" // not uvicorn's or gunicorn's version
}

// limitRequests bounds headers and silence, not the length of a request: an upload or a download may take hours as long as bytes move.
func limitRequests(hcm *hcmv3.HttpConnectionManager) {
	hcm.MaxRequestHeadersKb = wrapperspb.UInt32(60)
	hcm.RequestHeadersTimeout = durationpb.New(10 * time.Second)
	hcm.RequestTimeout = durationpb.New(0)
	hcm.StreamIdleTimeout = durationpb.New(5 * time.Minute)
	hcm.CommonHttpProtocolOptions = &corev3.HttpProtocolOptions{
		IdleTimeout:     durationpb.New(time.Hour),
		MaxHeadersCount: wrapperspb.UInt32(100),
		// WSGI cannot tell x_mlflow_workspace from x-mlflow-workspace.
		HeadersWithUnderscoresAction: corev3.HttpProtocolOptions_REJECT_REQUEST,
	}
	hcm.Http2ProtocolOptions = &corev3.Http2ProtocolOptions{
		MaxConcurrentStreams:        wrapperspb.UInt32(100),
		InitialStreamWindowSize:     wrapperspb.UInt32(64 << 10),
		InitialConnectionWindowSize: wrapperspb.UInt32(1 << 20),
	}
}

func nobodyInternal() *hcmv3.HttpConnectionManager_InternalAddressConfig {
	return &hcmv3.HttpConnectionManager_InternalAddressConfig{
		CidrRanges: []*corev3.CidrRange{{AddressPrefix: "255.255.255.255", PrefixLen: wrapperspb.UInt32(32)}},
	}
}
