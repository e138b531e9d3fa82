package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Reloads shows what became of the configurations that were read.
type Reloads struct {
	now        func() time.Time
	successful prometheus.Gauge
	when       prometheus.Gauge
}

// NewReloads registers its metrics, and takes the start for the first one.
func NewReloads(registry prometheus.Registerer, now func() time.Time) *Reloads {
	r := &Reloads{
		now: now,
		successful: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "extauthz_config_last_reload_successful",
			Help: "1 when the last configuration that was read is the one that holds; 0 when it was wrong and the one before holds. The log says what was wrong.",
		}),
		when: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "extauthz_config_last_reload_success_timestamp_seconds",
			Help: "When the configuration that holds was read, in seconds since 1970.",
		}),
	}
	registry.MustRegister(r.successful, r.when)
	r.Ended(nil)
	return r
}

// Ended is told of each.
func (r *Reloads) Ended(err error) {
	if err != nil {
		r.successful.Set(0)
		return
	}
	r.successful.Set(1)
	r.when.Set(float64(r.now().UnixMilli()) / 1000)
}
