package envoy

import (
	"errors"
	"slices"
	"testing"

	"extauthz/authz"
)

// TestIdentityHeadersGoNoFurther: neither MLflow nor our own endpoints, to whom every connection is the proxy's, get a header that says who
// somebody is, whatever the check made of it.
func TestIdentityHeadersGoNoFurther(t *testing.T) {
	sealing := func(authz.Principal, authz.Request) (string, error) { return "sealed", nil }
	failing := func(authz.Principal, authz.Request) (string, error) { return "", errors.New("no") }
	for name, assert := range map[string]func(authz.Principal, authz.Request) (string, error){"sealed": sealing, "not sealed": failing, "never sealed": nil} {
		for _, reason := range []authz.Reason{authz.Public, authz.Granted, authz.IsAdmin, authz.Authenticated, authz.Delegated} {
			for _, header := range []string{"", gatewayHeader} {
				d := authz.Decision{Effect: authz.Allowed, Reason: reason, Principal: authz.Principal{Header: header}}
				c := &Checker{Conceal: []string{"x-forwarded-user"}, Assert: assert}
				if f := c.forward(d, authz.Request{}); !slices.Contains(f.remove, "x-forwarded-user") {
					t.Errorf("%s, %s: %v", name, reason, f.remove)
				}
			}
		}
	}
}
