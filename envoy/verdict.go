package envoy

import (
	"net/http"

	"github.com/go-json-experiment/json"

	"extauthz/authz"
)

// Verdict is what a proxy is to do with a request, in no proxy's own terms. The zero value refuses.
type Verdict struct {
	Allowed bool
	Own     bool     // with Allowed: the request goes to this service's own endpoints, not to MLflow
	Set     []string // with Allowed: names and values of headers that take the place of the request's
	Remove  []string // with Allowed: headers that whoever gets the request must not see
	Status  int      // 200 with Allowed, else what the client gets: 400 or above
	Headers []string // otherwise: names and values of the client's answer
	Body    string
}

// verdict allows what has the effect and a reason that allows. Everything else is refused, with a status of its own.
func verdict(d authz.Decision, f forward) Verdict {
	status := d.Reason.Status()
	if d.Effect == authz.Allowed && status == http.StatusOK {
		return Verdict{Allowed: true, Own: d.Reason == authz.Delegated, Set: f.set, Remove: f.remove, Status: status}
	}
	if status < http.StatusBadRequest {
		status = http.StatusServiceUnavailable
	}
	return refused(d, status)
}

func refused(d authz.Decision, status int) Verdict {
	v := Verdict{Status: status}
	switch status {
	case http.StatusUnauthorized: // MLflow's own answer, to the letter
		v.Headers = []string{"www-authenticate", `Basic realm="mlflow"`, "content-type", "text/html; charset=utf-8"}
		v.Body = d.Text
		return v
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		v.Headers = []string{"content-type", "application/json", "retry-after", "5"}
	default:
		v.Headers = []string{"content-type", "application/json"}
	}
	body, err := json.Marshal(publicError{d.Reason.ErrorCode(), d.Text}, json.Deterministic(true))
	if err == nil {
		v.Body = string(body)
	}
	return v
}

// publicError is MLflow's error object.
type publicError struct {
	Code string `json:"error_code"`
	Text string `json:"message"`
}
