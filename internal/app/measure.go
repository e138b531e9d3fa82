package app

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"extauthz/authz/lookup"
	"extauthz/internal/metrics"
)

// measure registers what is read only when somebody looks.
func (a *App) measure(registry *prometheus.Registry, who *credentials, resolver *lookup.Resolver) {
	metrics.RegisterCaches(registry,
		metrics.Cache{Name: "credentials", Read: who.passwords.basic.Verified},
		metrics.Cache{Name: "accounts", Read: a.store.RememberedAccounts},
		metrics.Cache{Name: "keys", Read: a.store.RememberedKeys},
		metrics.Cache{Name: "grants", Read: a.store.RememberedGrants},
		metrics.Cache{Name: "owners", Read: resolver.Remembered},
	)
	metrics.RegisterStorage(registry, a.sizes)
}

func (a *App) sizes(ctx context.Context) (metrics.Sizes, error) {
	s, err := a.store.Stats(ctx)
	return metrics.Sizes{
		Bytes: s.FileSize, Revision: s.Revision, Users: s.Users, Admins: s.Admins, Grants: s.Grants, Intents: s.Intents,
	}, err
}
