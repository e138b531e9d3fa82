package bootstrap

import (
	"regexp"
	"strings"
	"testing"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	authzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"

	"extauthz/authz/mlflow"
)

// take is Envoy's first-match routing for the matchers that this package writes.
func take(t *testing.T, host *routev3.VirtualHost, method, path string) *routev3.Route {
	t.Helper()
	for _, r := range host.GetRoutes() {
		if matches(r.GetMatch(), method, path) {
			return r
		}
	}
	t.Fatalf("no route takes %s %s", method, path)
	return nil
}

func matches(m *routev3.RouteMatch, method, path string) bool {
	for _, h := range m.GetHeaders() {
		value := map[string]string{":method": method, ":authority": "localhost:5000"}[h.GetName()]
		if full(h.GetStringMatch().GetSafeRegex().GetRegex(), value) == h.GetInvertMatch() {
			return false
		}
	}
	switch p := m.GetPathSpecifier().(type) {
	case *routev3.RouteMatch_Path:
		return p.Path == path
	case *routev3.RouteMatch_SafeRegex:
		return full(p.SafeRegex.GetRegex(), path)
	default:
		return strings.HasPrefix(path, m.GetPrefix())
	}
}

var placeholder = regexp.MustCompile(`<(path:)?[^<>]+>`)

func full(re, s string) bool { return regexp.MustCompile(`\A(?:` + re + `)\z`).MatchString(s) }

// found tells a route's treatment from what it does, not from its name.
func found(t *testing.T, r *routev3.Route) treatment {
	t.Helper()
	var settings authzv3.ExtAuthzPerRoute
	if config := r.GetTypedPerFilterConfig()[extAuthz]; config != nil {
		if err := config.UnmarshalTo(&settings); err != nil {
			t.Fatal(err)
		}
	}
	c := settings.GetCheckSettings()
	_, processed := r.GetTypedPerFilterConfig()[extProc]
	switch {
	case r.GetRoute().GetCluster() == authAPICluster:
		return authAPI
	case processed && c.GetContextExtensions()[ResponseExtension] == ResponseFiltered:
		return filtered
	case c.GetDisableRequestBodyBuffering() && c.GetContextExtensions()[BodyExtension] == BodyWithheld:
		return upload
	case !processed && c == nil && r.GetRoute().GetCluster() == mlflowCluster:
		return plain
	default:
		t.Fatalf("route %s is of no kind: its promises don't fit what it does", r.GetName())
		return plain
	}
}

// Every request that a row names has to meet the route that treats it as the row wants, at each of its spellings. Rows are written in any
// order and Envoy takes the first match, so this also finds a template that takes another row's requests.
func TestEveryRowMeetsItsRoute(t *testing.T) {
	for _, prefix := range []string{"", "/mlflow"} {
		o := fixture
		o.StaticPrefix = prefix
		host, err := virtualHost(o.withDefaults(), mlflow.Rows())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range mlflow.Rows() {
			sample := placeholder.ReplaceAllString(strings.Replace(row.Path, "<path:name>", "a/b", 1), "1")
			for _, path := range spellings(sample, prefix) {
				for _, method := range methodsOf(row.Method) {
					if got := found(t, take(t, host, method, path)); got != treatmentOf(row) {
						t.Errorf("%s %s takes a route of treatment %d, its row %s wants %d", method, path, got, row.Operation, treatmentOf(row))
					}
				}
			}
		}
	}
}

func TestTableNeedsEveryKindOfRoute(t *testing.T) {
	seen := map[treatment]bool{}
	for _, row := range mlflow.Rows() {
		seen[treatmentOf(row)] = true
	}
	for _, want := range []treatment{plain, upload, filtered, authAPI} {
		if !seen[want] {
			t.Errorf("no row asks for treatment %d: these tests prove nothing about it", want)
		}
	}
}

// The neighbours of a special request are nothing special.
func TestRoutesTakeNothingElse(t *testing.T) {
	host, err := virtualHost(fixture.withDefaults(), mlflow.Rows())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct{ method, path string }{
		{"PUT", "/api/2.0/mlflow/experiments/search"},
		{"GET", "/api/2.0/mlflow/experiments/search/"},
		{"GET", "/api/2.0/mlflow/experiments/searching"},
		{"GET", "/x/api/2.0/mlflow/experiments/search"},
		{"GET", "/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/f"},
		{"PUT", "/api/2.0/mlflow-artifacts/artifacts/"},
		{"PUT", "/api/2x0/mlflow-artifacts/artifacts/1"},
		{"POST", "/api/2.0/mlflow/users/get"},
		{"GET", "/unknown"},
		{"OPTIONS", "/"},
	} {
		if got := found(t, take(t, host, r.method, r.path)); got != plain {
			t.Errorf("%s %s takes a route of treatment %d, want the catch-all", r.method, r.path, got)
		}
	}
}

func TestPattern(t *testing.T) {
	for path, want := range map[string]string{
		"/a.b/<x>":              `/a\.b/[^/]+`,
		"/a/<x>/b/<path:y>":     `/a/[^/]+/b/.+`,
		"/gateway/<name>:query": `/gateway/[^/]+:query`,
	} {
		if got := mlflow.Expression(path); got != want {
			t.Errorf("Expression(%q) = %q, want %q", path, got, want)
		}
	}
}
