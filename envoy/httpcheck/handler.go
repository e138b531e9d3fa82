package httpcheck

import (
	"errors"
	"net/http"
	"strings"

	"extauthz/authz"
	"extauthz/envoy"
)

// Handler serves the checks of all proxies. Both fields are required.
type Handler struct {
	Checker *envoy.Checker
	Limit   int // of a request body, in bytes
}

// way is how a kind of proxy asks and is answered.
type way struct {
	read   proxy
	answer func(http.ResponseWriter, envoy.Verdict)
}

// at finds the way by the path as it was sent. There is no mux: it would clean the path that Envoy appends, and answer with a redirect. Caddy
// leaves the query of the request it asks about behind its own path.
func at(target string) (way, bool) {
	path, _, _ := strings.Cut(target, "?")
	switch {
	case path == "/auth":
		return way{nginx, answerNginx}, true
	case path == "/forward-auth":
		return way{forwardAuth(bodyWithheld), answer(removeHeader)}, true
	case path == "/forward-auth/body":
		return way{forwardAuth(bodySent), answer(removeHeader)}, true
	case strings.HasPrefix(target, envoyPrefix+"/"):
		return way{envoyHTTP, answer(envoyRemoves)}, true
	default:
		return way{}, false
	}
}

// ServeHTTP answers 200 only for what is allowed.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := at(r.RequestURI)
	if !ok {
		http.Error(w, "extauthz answers proxies at /auth (nginx), /forward-auth and /forward-auth/body (Traefik, Caddy) and /check/... (Envoy).", http.StatusNotFound)
		return
	}
	request, err := h.translate(found.read, r)
	found.answer(w, h.verdict(r, request, err))
}

func (h *Handler) translate(read proxy, r *http.Request) (authz.Request, error) {
	o, err := read(r.Header, r)
	if err != nil {
		return authz.Request{}, err
	}
	a, err := o.request(r)
	if err != nil {
		return a, err
	}
	return a, o.body.read(r, &a, h.Limit)
}

// verdict is told to the Observer as well where the request could not be read.
func (h *Handler) verdict(r *http.Request, request authz.Request, err error) envoy.Verdict {
	if err == nil {
		return h.Checker.Verdict(h.Checker.Decide(r.Context(), request), request)
	}
	d := authz.Decision{Reason: authz.Internal, Text: "The authorization service failed; try again.", Cause: err}
	if refusal := (*authz.Refusal)(nil); errors.As(err, &refusal) {
		d = authz.Decision{Reason: refusal.Reason, Text: refusal.Text, Cause: refusal.Cause}
	}
	h.Checker.Observer.Observe(r.Context(), request, d)
	return h.Checker.Verdict(d, request)
}
