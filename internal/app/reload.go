package app

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Reload lets Live of the configuration that load returns hold from the next request on, all of it or, with an error, nothing. Whatever else
// has changed takes a restart and is not looked at. Requests under way end as they began.
func (a *App) Reload(load func() (Config, error)) error {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	err := a.reload(load)
	a.reloads.ended(err)
	if err != nil {
		return fmt.Errorf("the configuration is not reloaded, the one before holds: %w", err)
	}
	return nil
}

func (a *App) reload(load func() (Config, error)) error {
	c, err := load()
	if err != nil {
		return err
	}
	next := a.config
	next.Live = c.Live
	if err := next.Validate(); err != nil {
		return err
	}
	p, err := a.parts.policy(next.Live, a.current.Load().issuers)
	if err != nil {
		return err
	}
	a.current.Store(p)
	return nil
}

// reloads measures what became of configurations.
type reloads struct {
	now        func() time.Time
	successful prometheus.Gauge
	when       prometheus.Gauge
}

// newReloads counts the start as the first one.
func newReloads(registry prometheus.Registerer, now func() time.Time) *reloads {
	r := &reloads{
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
	r.ended(nil)
	return r
}

func (r *reloads) ended(err error) {
	if err != nil {
		r.successful.Set(0)
		return
	}
	r.successful.Set(1)
	r.when.Set(float64(r.now().UnixMilli()) / 1000)
}
