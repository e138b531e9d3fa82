package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// Authentications counts what becomes of credentials.
type Authentications struct {
	count map[authentication]prometheus.Counter
}

// authentication is one pair of labels. All of them are made at the start, so that counting needs no look into a vector.
type authentication struct{ kind, result string }

// NewAuthentications registers its metric.
func NewAuthentications(registry prometheus.Registerer) *Authentications {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "extauthz_authentications_total",
		Help: "Credentials judged, by kind and result: accepted; absent, malformed, wrong, expired, replayed, several (more than one); throttled (too many attempts); failed (the store or a key could not be read). A browser's first request has none, so absent is no alarm; many wrong ones are somebody guessing. What is not accepted counts as the kind that it claims to be by its Authorization scheme; a token sent as the password of Basic, as MLflow's client does, claims to be a password. Calls past the proxy, straight to the auth REST API, are not counted.",
	}, []string{"kind", "result"})
	registry.MustRegister(vec)
	a := &Authentications{map[authentication]prometheus.Counter{}}
	for _, kind := range credential.Claims() {
		for _, result := range credential.Outcomes() {
			a.count[authentication{kind, result}] = vec.WithLabelValues(kind, result)
		}
	}
	return a
}

// Counted wraps next.
func (a *Authentications) Counted(next authz.Authenticator) authz.Authenticator {
	return counted{next, a}
}

type counted struct {
	next authz.Authenticator
	all  *Authentications
}

func (c counted) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	p, err := c.next.Authenticate(ctx, r)
	c.all.judged(r, p, err)
	return p, err
}

func (a *Authentications) judged(r authz.Request, p authz.Principal, err error) {
	kind := string(p.Method)
	if err != nil || kind == "" {
		kind = credential.Claimed(r)
	}
	result := credential.Outcome(err)
	counter, known := a.count[authentication{kind, result}]
	if !known {
		counter = a.count[authentication{credential.ClaimsOther, result}]
	}
	counter.Inc()
}
