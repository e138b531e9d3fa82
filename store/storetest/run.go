package storetest

import (
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

// Factory makes an empty store and registers its closing with t.Cleanup. Closing a store twice must be harmless.
type Factory func(t testing.TB) store.Store

// Run runs the suite.
func Run(t *testing.T, factory Factory) {
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			l := open(t, factory)
			t.Cleanup(func() { l.checkInvariants(t) })
			c.test(t, l)
		})
	}
	t.Run("Model", func(t *testing.T) { testModel(t, factory) })
}

type conformance struct {
	name string
	test func(*testing.T, *ledger)
}

func cases() []conformance {
	var all []conformance
	all = append(all, userCases()...)
	all = append(all, grantCases()...)
	all = append(all, resourceCases()...)
	all = append(all, roleCases()...)
	all = append(all, credentialCases()...)
	all = append(all, auditCases()...)
	all = append(all, transferCases()...)
	all = append(all, intentCases()...)
	return append(all, concurrencyCases()...)
}

func experiment(id string) authz.Resource { return authz.InDefault(authz.Experiment, id) }
