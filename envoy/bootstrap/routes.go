package bootstrap

import (
	"cmp"
	"slices"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// treatment is what a row asks of the route that takes its requests. The zero value is the plain treatment, which needs no route of its
// own: the catch-all has it.
type treatment int

const (
	plain treatment = iota
	upload
	filtered
	authAPI
)

func treatmentOf(r mlflow.Row) treatment {
	switch {
	case r.Access == authz.AccessAuthAPI || r.Access == authz.AccessOwnPassword:
		return authAPI
	case r.Response != "":
		return filtered
	case r.Body == mlflow.OpaqueBody:
		return upload
	default:
		return plain
	}
}

// special is one Envoy route: the rows that share a path and a treatment.
type special struct {
	treatment treatment
	path      string
	name      string
	methods   []string
}

// virtualHost puts the special routes before the catch-all.
func virtualHost(o Options, rows []mlflow.Row) (*routev3.VirtualHost, error) {
	host := &routev3.VirtualHost{Name: "mlflow", Domains: o.Domains, Routes: []*routev3.Route{malformedHost()}}
	for _, s := range specials(rows) {
		for _, path := range spellings(s.path, o.StaticPrefix) {
			route, err := s.route(o, path)
			if err != nil {
				return nil, err
			}
			host.Routes = append(host.Routes, route)
		}
	}
	for _, prefix := range spellings("/gateway/", o.StaticPrefix) {
		host.Routes = append(host.Routes, invocations(prefix))
	}
	host.Routes = append(host.Routes, catchAll())
	concealSessions(o, host.Routes)
	return host, nil
}

// specials groups the rows that need a route and sorts them: exact paths, then templates, the longer first, because Envoy takes the first
// match.
func specials(rows []mlflow.Row) []special {
	var out []special
	for _, r := range rows {
		t := treatmentOf(r)
		if t == plain {
			continue
		}
		i := slices.IndexFunc(out, func(s special) bool { return s.path == r.Path && s.treatment == t })
		if i < 0 {
			i = len(out)
			out = append(out, special{treatment: t, path: r.Path, name: r.Operation})
		}
		out[i].methods = append(out[i].methods, methodsOf(r.Method)...)
	}
	for i := range out {
		slices.Sort(out[i].methods)
		out[i].methods = slices.Compact(out[i].methods)
	}
	slices.SortStableFunc(out, func(a, b special) int {
		return cmp.Or(generality(a.path)-generality(b.path), len(b.path)-len(a.path), cmp.Compare(a.path, b.path), int(a.treatment-b.treatment))
	})
	return out
}

// methodsOf adds HEAD to GET: MLflow answers it wherever it answers GET.
func methodsOf(method string) []string {
	if method == "GET" {
		return []string{"GET", "HEAD"}
	}
	return []string{method}
}
