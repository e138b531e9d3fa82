package servertls

import "github.com/prometheus/client_golang/prometheus"

// Metrics count what becomes of changed files, and tell when certificates end.
type Metrics struct {
	reloads *prometheus.CounterVec
	expiry  *prometheus.GaugeVec
}

// NewMetrics registers them; one for all listeners.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "extauthz_tls_reloads_total", Help: "Changed certificate files that were taken, or refused because they are broken.",
		}, []string{"listener", "result"}),
		expiry: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "extauthz_tls_certificate_expiry_timestamp_seconds", Help: "When a listener's certificate ends.",
		}, []string{"listener"}),
	}
	registry.MustRegister(m.reloads, m.expiry)
	return m
}
