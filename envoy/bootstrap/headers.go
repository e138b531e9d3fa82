package bootstrap

import (
	"slices"

	mutationv3 "github.com/envoyproxy/go-control-plane/envoy/config/common/mutation_rules/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	earlyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/http/early_header_mutation/header_mutation/v3"
	"google.golang.org/protobuf/types/known/anypb"
)

// strippedHeaders are ways in which other servers let a client say that a request is not what its first line says. MLflow ignores them
// today and the check never reads them; they go before either can see them, so that this stays true of the next release.
var strippedHeaders = []string{
	"x-envoy-original-path",
	"x-forwarded-host",
	"x-forwarded-prefix",
	"x-http-method",
	"x-http-method-override",
	"x-method-override",
	"x-original-method",
	"x-original-uri",
	"x-original-url",
	"x-rewrite-url",
	"forwarded",
	"x-extauthz-principal", // the check sets it, see credential.PrincipalHeader
	"proxy",                // "httpoxy": CGI turns it into HTTP_PROXY
}

func stripHeaders(o Options) ([]*corev3.TypedExtensionConfig, error) {
	m := &earlyv3.HeaderMutation{}
	names := strippedHeaders
	if o.Tracing.on() {
		names = slices.Concat(names, traceHeaders)
	}
	for _, name := range names {
		m.Mutations = append(m.Mutations, &mutationv3.HeaderMutation{Action: &mutationv3.HeaderMutation_Remove{Remove: name}})
	}
	config, err := anypb.New(m)
	return []*corev3.TypedExtensionConfig{{Name: "envoy.http.early_header_mutation.header_mutation", TypedConfig: config}}, err
}
