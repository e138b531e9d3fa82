package authz

import (
	"context"
	"testing"
)

// TestCrossSite: a browser adds the password that it remembers to whatever a page sends, so that a page of another site changes nothing. The same
// from MLflow's own page, or from a program, passes.
func TestCrossSite(t *testing.T) {
	site := func(values ...string) Headers {
		return Headers{"sec-fetch-site": values, "origin": {"https://mlflow.example"}}
	}
	origin := func(values ...string) Headers { return Headers{"origin": values} }
	for name, c := range map[string]struct {
		headers Headers
		own     bool
	}{
		"a program":                 {nil, true},
		"MLflow's page":             {site("same-origin"), true},
		"somebody types an address": {site("none"), true},
		"another site":              {site("cross-site"), false},
		"a neighbouring host":       {site("same-site"), false},
		"twice":                     {site("same-origin", "cross-site"), false},
		"nonsense":                  {site(""), false},
		"an old browser":            {origin("https://mlflow.example"), true},
		"old, another site":         {origin("https://evil.example"), false},
		"old, a longer name":        {origin("https://mlflow.example.evil.example"), false},
		"old, another port":         {origin("https://mlflow.example:81"), false},
		"old, a sandboxed page":     {origin("null"), false},
		"old, twice":                {origin("https://mlflow.example", "https://evil.example"), false},
		"old, empty":                {origin(""), false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "GET", "HEAD"} {
				for _, w := range []world{
					{principal: alice, op: granted(read7)},
					{principal: root, mapErr: Refuse(UnmappedRoute, "x")},
					{principal: alice, op: op(AccessAuthAPI, "")},
				} {
					a := Authorizer{Authenticator: &w, Mapper: &w, Resolver: &w, Grants: readers, Intents: &w, PageTokens: &w}
					d := a.Authorize(context.Background(), Request{Method: method, Host: "mlflow.example", Headers: c.headers})
					passes := c.own || method == "GET" || method == "HEAD"
					if (d.Effect == Allowed) != passes || !passes && d.Reason != CrossSite {
						t.Errorf("%s by %s: %s %s", method, w.principal.Username, d.Effect, d.Reason)
					}
				}
			}
		})
	}
}
