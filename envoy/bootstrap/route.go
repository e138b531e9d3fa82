package bootstrap

import (
	"regexp"
	"strings"
	"time"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	authzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// The promises that a route makes to the check, as context extensions. Package envoy reads them.
const (
	BodyExtension     = "extauthz.body"
	BodyWithheld      = "withheld"
	ResponseExtension = "extauthz.response"
	ResponseFiltered  = "filtered"
)

func (s special) route(o Options, path string) (*routev3.Route, error) {
	r := &routev3.Route{Name: s.name, Match: match(path, s.methods)}
	switch s.treatment {
	case upload:
		toMLflow(r)
		return r, configure(r, map[string]proto.Message{extAuthz: settings(&authzv3.CheckSettings{
			ContextExtensions:           map[string]string{BodyExtension: BodyWithheld},
			DisableRequestBodyBuffering: true,
		})})
	case filtered:
		toMLflow(r)
		return r, filteredRoute(o, r)
	default:
		r.Action = toAuthAPI(o, s.deadline())
		return r, nil
	}
}

// malformedHost refuses "127.0.0.1:1@evil": whatever follows the colon passes for a port when Envoy matches domains, and MLflow's own list
// of hosts, which matches "127.0.0.1:*", would let it pass too.
func malformedHost() *routev3.Route {
	wellFormed := &matcherv3.RegexMatcher{Regex: `([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?`}
	return &routev3.Route{
		Name: "malformed-host",
		Match: &routev3.RouteMatch{
			PathSpecifier: &routev3.RouteMatch_Prefix{Prefix: "/"},
			Headers:       []*routev3.HeaderMatcher{{Name: ":authority", HeaderMatchSpecifier: stringMatch(wellFormed), InvertMatch: true}},
		},
		Action: &routev3.Route_DirectResponse{DirectResponse: &routev3.DirectResponseAction{Status: 400}},
	}
}

// catchAll takes whatever no row treats specially, known or not: the check decides, and no row means no for all but admins.
func catchAll() *routev3.Route {
	r := &routev3.Route{Name: "plain", Match: &routev3.RouteMatch{PathSpecifier: &routev3.RouteMatch_Prefix{Prefix: "/"}}}
	toMLflow(r)
	return r
}

// invocations leaves Authorization to the check, which takes it out unless the credential came in X-MLflow-Authorization: then it is the key
// of a model's provider, for MLflow to pass on.
func invocations(prefix string) *routev3.Route {
	r := &routev3.Route{Name: "gateway", Match: &routev3.RouteMatch{PathSpecifier: &routev3.RouteMatch_Prefix{Prefix: prefix}}}
	toMLflow(r)
	r.RequestHeadersToRemove = nil
	return r
}

// filteredRoute has the response pass through ext_proc. It asks MLflow not to compress: what the service cannot read, it cannot filter.
func filteredRoute(o Options, r *routev3.Route) error {
	r.RequestHeadersToRemove = append(r.RequestHeadersToRemove, "accept-encoding")
	r.RequestBodyBufferLimit = wrapperspb.UInt64(uint64(o.MaxResponseBytes))
	return configure(r, map[string]proto.Message{
		extAuthz: settings(&authzv3.CheckSettings{ContextExtensions: map[string]string{ResponseExtension: ResponseFiltered}}),
		extProc:  &routev3.FilterConfig{Config: &anypb.Any{}}, // enabled, as it is configured
	})
}

func settings(c *authzv3.CheckSettings) *authzv3.ExtAuthzPerRoute {
	return &authzv3.ExtAuthzPerRoute{Override: &authzv3.ExtAuthzPerRoute_CheckSettings{CheckSettings: c}}
}

func configure(r *routev3.Route, filters map[string]proto.Message) error {
	r.TypedPerFilterConfig = map[string]*anypb.Any{}
	for name, m := range filters {
		config, err := anypb.New(m)
		if err != nil {
			return err
		}
		r.TypedPerFilterConfig[name] = config
	}
	return nil
}

// toMLflow has no deadline for the whole exchange, which Envoy would otherwise set to 15 s: a search of a big experiment and a download
// take as long as they take, and the listener's idle timeout ends what hangs. Nothing is retried, mirrored or redirected. The credential
// ends here: a plain MLflow has no use for passwords, and what it never gets it can't log or pass on.
func toMLflow(r *routev3.Route) {
	r.RequestHeadersToRemove = []string{"authorization"}
	r.Action = &routev3.Route_Route{Route: &routev3.RouteAction{
		ClusterSpecifier: &routev3.RouteAction_Cluster{Cluster: mlflowCluster},
		Timeout:          durationpb.New(0),
	}}
}

// deadline is for an answer of the auth API as a whole. A backup, and what else is about the whole state, takes as long as it takes, as MLflow's
// answers do.
func (s special) deadline() time.Duration {
	if strings.HasPrefix(s.path, "/api/1.0/extauthz/state/") {
		return 0
	}
	return 30 * time.Second
}

// toAuthAPI drops the static prefix, which is MLflow's affair.
func toAuthAPI(o Options, deadline time.Duration) *routev3.Route_Route {
	action := &routev3.RouteAction{
		ClusterSpecifier: &routev3.RouteAction_Cluster{Cluster: authAPICluster},
		Timeout:          durationpb.New(deadline),
	}
	if o.StaticPrefix != "" {
		action.RegexRewrite = &matcherv3.RegexMatchAndSubstitute{
			Pattern: &matcherv3.RegexMatcher{Regex: "^" + regexp.QuoteMeta(o.StaticPrefix) + "/"}, Substitution: "/",
		}
	}
	return &routev3.Route_Route{Route: action}
}
