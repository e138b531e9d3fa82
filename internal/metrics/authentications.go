package metrics

import (
	"context"
	"errors"
	"maps"
	"slices"

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

const (
	accepted  = "accepted"
	wrong     = "wrong"
	throttled = "throttled"
	failed    = "failed"
)

// refusals are the results of credentials that are not accepted, by why.
func refusals() map[error]string {
	return map[error]string{
		credential.ErrAbsent: "absent", credential.ErrMalformed: "malformed", credential.ErrWrong: wrong,
		credential.ErrExpired: "expired", credential.ErrReplayed: "replayed", credential.ErrSeveral: "several",
	}
}

// NewAuthentications registers its metric.
func NewAuthentications(registry prometheus.Registerer) *Authentications {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "extauthz_authentications_total",
		Help: "Credentials judged, by kind and result: accepted; absent, malformed, wrong, expired, replayed, several (more than one); throttled (too many attempts); failed (the store or a key could not be read). A browser's first request has none, so absent is no alarm; many wrong ones are somebody guessing. What is not accepted counts as the kind that it claims to be by its Authorization scheme; a token sent as the password of Basic, as MLflow's client does, claims to be a password. Calls past the proxy, straight to the auth REST API, are not counted.",
	}, []string{"kind", "result"})
	registry.MustRegister(vec)
	a := &Authentications{map[authentication]prometheus.Counter{}}
	for _, kind := range kinds() {
		for _, result := range results() {
			a.count[authentication{kind, result}] = vec.WithLabelValues(kind, result)
		}
	}
	return a
}

func results() []string {
	return slices.AppendSeq([]string{accepted, throttled, failed}, maps.Values(refusals()))
}

func kinds() []string {
	return []string{
		string(authz.ByPassword), string(authz.ByToken), string(authz.ByJWT), string(authz.BySignature), string(authz.ByCertificate),
		string(authz.ByIdentityHeader), claimsNothing, claimsOther,
	}
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
		kind = claimed(r)
	}
	counter, known := a.count[authentication{kind, result(err)}]
	if !known {
		counter = a.count[authentication{claimsOther, result(err)}]
	}
	counter.Inc()
}

func result(err error) string {
	if err == nil {
		return accepted
	}
	var r *authz.Refusal
	switch {
	case !errors.As(err, &r):
		return failed
	case r.Reason == authz.Unauthenticated:
		return whyNot(r.Cause)
	case r.Reason == authz.Throttled:
		return throttled
	default:
		return failed
	}
}

func whyNot(cause error) string {
	for sentinel, result := range refusals() {
		if errors.Is(cause, sentinel) {
			return result
		}
	}
	return wrong
}
