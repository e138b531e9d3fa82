package bootstrap

import (
	"time"

	mutationv3 "github.com/envoyproxy/go-control-plane/envoy/config/common/mutation_rules/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	procv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_proc/v3"
	routerv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// The names under which Envoy registers the filters. The first is also the namespace of the dynamic metadata that Check returns.
const (
	extAuthz = "envoy.filters.http.ext_authz"
	extProc  = "envoy.filters.http.ext_proc"
	router   = "envoy.filters.http.router"
)

// unavailable is what a client gets when the service cannot be asked: MLflow's client retries a 503 and takes a 403 for the answer.
var unavailable = typev3.StatusCode_ServiceUnavailable

type httpFilter struct {
	name     string
	disabled bool
	config   proto.Message
}

func httpFilters(o Options) ([]*hcmv3.HttpFilter, error) {
	responses, err := unlessUntouched(extProc, process())
	if err != nil {
		return nil, err
	}
	filters := []httpFilter{
		{extAuthz, false, check(o)},
		{extProc, true, responses}, // filteredRoute switches it on
		// x-envoy-* response headers tell a client about the inside.
		{router, false, &routerv3.Router{SuppressEnvoyHeaders: true}},
	}
	if o.OAuth2.on() {
		filters = append([]httpFilter{{oauth2Filter, false, signIn(o)}}, filters...)
	}
	var out []*hcmv3.HttpFilter
	for _, f := range filters {
		config, err := anypb.New(f.config)
		if err != nil {
			return nil, err
		}
		out = append(out, &hcmv3.HttpFilter{
			Name: f.name, Disabled: f.disabled, ConfigType: &hcmv3.HttpFilter_TypedConfig{TypedConfig: config},
		})
	}
	return out, nil
}

// check asks about every request and fails closed. Partial bodies are never sent: a check of the first bytes says nothing about the rest.
// Headers travel raw, one entry for each line, so that a repeated one is seen as such.
func check(o Options) *authzv3.ExtAuthz {
	return &authzv3.ExtAuthz{
		Services:            &authzv3.ExtAuthz_GrpcService{GrpcService: grpcService(5 * time.Second)},
		TransportApiVersion: corev3.ApiVersion_V3,
		StatPrefix:          "extauthz",
		FailureModeAllow:    false,
		StatusOnError:       &typev3.HttpStatus{Code: unavailable},
		WithRequestBody: &authzv3.BufferSettings{
			MaxRequestBytes: o.MaxRequestBytes, AllowPartialMessage: false, PackAsBytes: true,
		},
		EncodeRawHeaders:       true,
		IncludePeerCertificate: true,
		ClearRouteCache:        false, // the route's promises were part of the check
		ValidateMutations:      true,
		DecoderHeaderMutationRules: &mutationv3.HeaderMutationRules{
			DisallowSystem: wrapperspb.Bool(true), DisallowIsError: wrapperspb.Bool(true),
		},
	}
}

// process hands the service a response, whole, with the identity that the check found. That travels as dynamic metadata, which clients
// cannot write. A processor that is gone or late fails the request: the raw response may hold what the caller must not see.
func process() *procv3.ExternalProcessor {
	return &procv3.ExternalProcessor{
		GrpcService:              &corev3.GrpcService{TargetSpecifier: grpcService(0).TargetSpecifier},
		StatPrefix:               "extauthz",
		FailureModeAllow:         false,
		StatusOnError:            &typev3.HttpStatus{Code: unavailable},
		MessageTimeout:           durationpb.New(10 * time.Second),
		AllowModeOverride:        false,
		DisableImmediateResponse: false,
		RouteCacheAction:         procv3.ExternalProcessor_RETAIN,
		ProcessingMode:           responsesOnly(),
		// "via_upstream" for MLflow's answers. Envoy's own (413, 503, the check's refusals) come by as well.
		ResponseAttributes: []string{"response.code_details"},
		MetadataOptions: &procv3.MetadataOptions{
			ForwardingNamespaces: &procv3.MetadataOptions_MetadataNamespaces{Untyped: []string{extAuthz}},
		},
		MutationRules: &mutationv3.HeaderMutationRules{
			DisallowSystem: wrapperspb.Bool(false), DisallowIsError: wrapperspb.Bool(true),
		},
	}
}

// responsesOnly buffers: BUFFERED_PARTIAL would pass the tail of a long response unfiltered.
func responsesOnly() *procv3.ProcessingMode {
	return &procv3.ProcessingMode{
		RequestHeaderMode:   procv3.ProcessingMode_SKIP,
		RequestBodyMode:     procv3.ProcessingMode_NONE,
		RequestTrailerMode:  procv3.ProcessingMode_SKIP,
		ResponseHeaderMode:  procv3.ProcessingMode_SEND,
		ResponseBodyMode:    procv3.ProcessingMode_BUFFERED,
		ResponseTrailerMode: procv3.ProcessingMode_SKIP,
	}
}

// grpcService is the service with a deadline for each call; 0 for none, as an ext_proc stream lives as long as its request.
func grpcService(timeout time.Duration) *corev3.GrpcService {
	s := &corev3.GrpcService{TargetSpecifier: &corev3.GrpcService_EnvoyGrpc_{
		EnvoyGrpc: &corev3.GrpcService_EnvoyGrpc{ClusterName: checkCluster},
	}}
	if timeout > 0 {
		s.Timeout = durationpb.New(timeout)
	}
	return s
}
