package bootstrap

import (
	"errors"
	"fmt"
	"time"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tracev3 "github.com/envoyproxy/go-control-plane/envoy/config/trace/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	metadatav3 "github.com/envoyproxy/go-control-plane/envoy/type/metadata/v3"
	tagsv3 "github.com/envoyproxy/go-control-plane/envoy/type/tracing/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// Tracing has Envoy begin a trace for requests and send its spans to an OpenTelemetry collector. The zero value does not. The service joins its
// own spans when it is told of a collector, too (--otlp-endpoint).
type Tracing struct {
	Collector string  // takes OTLP over gRPC, without TLS: host:port or unix:///path
	Percent   float64 // of the requests that are traced; 0 is all
}

const collectorCluster = "otlp-collector"

func (t Tracing) on() bool { return t.Collector != "" }

func (t Tracing) validate() (errs []error) {
	if !t.on() {
		if t.Percent != 0 {
			errs = append(errs, errors.New("tracing-percent: there is no tracing-collector"))
		}
		return errs
	}
	if _, err := address(t.Collector); err != nil {
		errs = append(errs, fmt.Errorf("tracing-collector: %w", err))
	}
	if !(t.Percent >= 0 && t.Percent <= 100) {
		errs = append(errs, errors.New("tracing-percent: give a number from 0 to 100"))
	}
	return errs
}

// tracing begins every trace here: what a client says of one is stripped, or it would choose what is kept, and under which id. MLflow is not told
// of the trace either, since it would note calls of its gateway in it. Spans have neither the query nor the address that holds it.
func tracing(t Tracing) (*hcmv3.HttpConnectionManager_Tracing, error) {
	if !t.on() {
		return nil, nil
	}
	config, err := anypb.New(&tracev3.OpenTelemetryConfig{
		GrpcService: &corev3.GrpcService{
			TargetSpecifier: &corev3.GrpcService_EnvoyGrpc_{EnvoyGrpc: &corev3.GrpcService_EnvoyGrpc{ClusterName: collectorCluster}},
			Timeout:         durationpb.New(time.Second),
		},
		ServiceName: "extauthz-envoy",
	})
	percent := t.Percent
	if percent == 0 {
		percent = 100
	}
	return &hcmv3.HttpConnectionManager_Tracing{
		ClientSampling:       &typev3.Percent{Value: 0},
		RandomSampling:       &typev3.Percent{Value: percent},
		OverallSampling:      &typev3.Percent{Value: 100},
		MaxPathTagLength:     wrapperspb.UInt32(0),
		SpawnUpstreamSpan:    wrapperspb.Bool(true),
		NoContextPropagation: true,
		CustomTags: []*tagsv3.CustomTag{
			{Tag: "url.path", Type: &tagsv3.CustomTag_Value{Value: "%PATH(NQ)%"}}, decided("operation"), decided("decision", "effect"), decided("reason"),
		},
		Provider: &tracev3.Tracing_Http{
			Name: "envoy.tracers.opentelemetry", ConfigType: &tracev3.Tracing_Http_TypedConfig{TypedConfig: config},
		},
	}, err
}

// decided is what the check says of a request, under the name that the service's own spans have it by.
func decided(name string, key ...string) *tagsv3.CustomTag {
	key = append(key, name)
	return &tagsv3.CustomTag{Tag: "extauthz." + name, Type: &tagsv3.CustomTag_Metadata_{Metadata: &tagsv3.CustomTag_Metadata{
		Kind: &metadatav3.MetadataKind{Kind: &metadatav3.MetadataKind_Request_{Request: &metadatav3.MetadataKind_Request{}}},
		MetadataKey: &metadatav3.MetadataKey{
			Key: extAuthz, Path: []*metadatav3.MetadataKey_PathSegment{{Segment: &metadatav3.MetadataKey_PathSegment_Key{Key: key[0]}}},
		},
	}}}
}

// traceHeaders are how a client would say which trace its request is part of.
var traceHeaders = []string{"traceparent", "tracestate"}

func collector(t Tracing) (*clusterv3.Cluster, error) {
	a, err := address(t.Collector)
	if err != nil {
		return nil, err
	}
	protocol, err := anypb.New(http2())
	return &clusterv3.Cluster{
		Name:                          collectorCluster,
		ClusterDiscoveryType:          &clusterv3.Cluster_Type{Type: discovery(a)},
		ConnectTimeout:                durationpb.New(time.Second),
		LoadAssignment:                oneEndpoint(collectorCluster, a),
		TypedExtensionProtocolOptions: map[string]*anypb.Any{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": protocol},
	}, err
}
