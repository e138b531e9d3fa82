package metrics

import "github.com/prometheus/client_golang/prometheus"

// NewUnlisted registers the counter of failed sign-ins that got no audit record of their own, and returns what counts one.
func NewUnlisted(registry prometheus.Registerer) func() {
	c := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "extauthz_audit_unlisted_sign_ins_total",
		Help: "Failed sign-ins that got no audit record of their own, because there were too many at once or the store could not be written. A record says how many they were. While it grows, somebody is guessing at a rate that no person has; extauthz_authentications_total says at what kind of credential.",
	})
	registry.MustRegister(c)
	return c.Inc
}
