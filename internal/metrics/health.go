package metrics

import "github.com/prometheus/client_golang/prometheus"

// Health shows what /readyz says.
type Health struct {
	ready prometheus.Gauge
	parts *prometheus.GaugeVec
}

// NewHealth registers its metrics.
func NewHealth(registry prometheus.Registerer) *Health {
	h := &Health{
		ready: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "extauthz_ready",
			Help: "1 while requests can be decided, as /readyz and the gRPC health service say; 0 while not, and while shutting down.",
		}),
		parts: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "extauthz_part_healthy",
			Help: "1 for each part that works and 0 for one that does not: store_read (without it nothing can be decided), store_write (without it nothing can be created or granted), mlflow (without it nothing can be looked up).",
		}, []string{"part"}),
	}
	registry.MustRegister(h.ready, h.parts)
	return h
}

// Ready is told whether requests can be decided.
func (h *Health) Ready(ready bool) { h.ready.Set(boolean(ready)) }

// Part is told whether a part works.
func (h *Health) Part(name string, healthy bool) { h.parts.WithLabelValues(name).Set(boolean(healthy)) }

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
