package app

import (
	"context"
	"time"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/health"

	"extauthz/authz/lookup"
	"extauthz/internal/metrics"
	"extauthz/store"
)

// watched are the parts that readiness looks after.
func (a *App) watched(client *lookup.Client) []*part {
	return []*part{
		{name: "store_read", vital: true, lost: "the store cannot be read: every request is refused with 503", check: func(ctx context.Context) error {
			return readable(ctx, a.store)
		}},
		{name: "store_write", lost: "the store cannot be written (is its disk full?): accounts and grants cannot be changed, nor experiments created", check: a.store.Writable},
		{name: "mlflow", lost: "MLflow does not answer: what has to be looked up is refused with 503", check: client.Reach},
	}
}

// newReadiness looks after them. Until the first check nothing is ready.
func (a *App) newReadiness(client *lookup.Client, registry *prometheus.Registry) *health.Server {
	server := health.NewServer()
	a.readiness = &readiness{
		parts: a.watched(client), health: server, metrics: metrics.NewHealth(registry), log: a.log, report: report{Status: statusStarting},
		services: []string{auth.Authorization_ServiceDesc.ServiceName, proc.ExternalProcessor_ServiceDesc.ServiceName},
	}
	return server
}

func readable(ctx context.Context, s store.Store) error {
	_, err := s.Revision(ctx)
	return err
}

// linger keeps serving for a while after the health service has said NOT_SERVING: load balancers need time to notice.
func linger(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
