package bootstrap

import (
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"extauthz/authz/mlflow"
)

// spellings are the paths at which a row answers: "/api/" rows at "/ajax-api/" too, and with a static prefix each with and without it.
func spellings(path, staticPrefix string) []string {
	out := []string{path}
	if rest, ok := strings.CutPrefix(path, "/api/"); ok {
		out = append(out, "/ajax-api/"+rest)
	}
	if staticPrefix != "" {
		for _, p := range out {
			out = append(out, staticPrefix+p)
		}
	}
	return out
}

// generality orders paths for first-match routing: 0 for an exact one, 1 with placeholders, 2 with a rest.
func generality(path string) int {
	switch {
	case mlflow.TakesRest(path):
		return 2
	case strings.Contains(path, "<"):
		return 1
	default:
		return 0
	}
}

// match takes requests for a path, without its query, with one of the methods.
func match(path string, methods []string) *routev3.RouteMatch {
	m := &routev3.RouteMatch{Headers: []*routev3.HeaderMatcher{{
		Name: ":method", HeaderMatchSpecifier: stringMatch(&matcherv3.RegexMatcher{Regex: strings.Join(methods, "|")}),
	}}}
	if generality(path) == 0 {
		m.PathSpecifier = &routev3.RouteMatch_Path{Path: path}
	} else {
		m.PathSpecifier = &routev3.RouteMatch_SafeRegex{SafeRegex: &matcherv3.RegexMatcher{Regex: mlflow.Expression(path)}}
	}
	return m
}

func stringMatch(re *matcherv3.RegexMatcher) *routev3.HeaderMatcher_StringMatch {
	return &routev3.HeaderMatcher_StringMatch{StringMatch: &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_SafeRegex{SafeRegex: re}}}
}
