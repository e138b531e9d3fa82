package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"runtime/debug"
	"strings"

	"extauthz/authz"
	"extauthz/store"
)

// handler is the HTTP face: it knows who asks and how to answer, and nothing of what is asked.
type handler struct {
	authenticator authz.Authenticator
	proxies       []netip.Prefix
	workspace     func(authz.Headers) (string, error) // where a request looks; "" for the default workspace
	log           *slog.Logger
}

// responder answers an authenticated request.
type responder func(w http.ResponseWriter, r *http.Request, c caller) (any, error)

// routes serves each endpoint at its paths and below the prefix. It also takes the paths for every other method, to answer them in our own
// words.
func (h *handler) routes(endpoints []endpoint, pages *site, prefix string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", h.answer(noSuchPath))
	allowed := map[string][]string{}
	for _, e := range endpoints {
		for _, pattern := range e.patterns(prefix) {
			mux.Handle(e.method+" "+pattern, h.serve(e))
			allowed[pattern] = append(allowed[pattern], e.method)
		}
	}
	for _, s := range pages.screens() {
		for _, pattern := range s.patterns(prefix) {
			mux.Handle(s.method+" "+pattern, pages.serve(s))
			allowed[pattern] = append(allowed[pattern], s.method)
		}
	}
	for pattern, methods := range allowed {
		mux.Handle(pattern, h.answer(wrongMethod(methods...)))
	}
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(h.crossOrigin))
	return h.recovering(crossOrigin.Handler(h.canonical(mux)))
}

// serve answers an endpoint's requests. A HEAD would reach "GET", too.
func (h *handler) serve(e endpoint) http.Handler {
	return h.answer(func(w http.ResponseWriter, r *http.Request, c caller) (any, error) {
		if r.Method != e.method {
			return wrongMethod(e.method)(w, r, c)
		}
		if err := e.mayBeRead(c); err != nil {
			return nil, err
		}
		input, err := e.readInput(w, r)
		if err == nil {
			c, err = h.still(r, c, e.method == http.MethodGet)
		}
		if err != nil {
			return nil, err
		}
		return e.do(r.Context(), c, input)
	})
}

// canonical keeps the mux from redirecting paths that it would tidy up, or matching encoded ones: others read those differently.
func (h *handler) canonical(mux http.Handler) http.Handler {
	notFound := h.answer(noSuchPath)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawPath != "" || path.Clean("/"+r.URL.Path) != oneSlashLess(r.URL.Path) {
			notFound.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// oneSlashLess is the path without the slash at its end, which makes it another path and not another spelling.
func oneSlashLess(path string) string {
	if path == "/" {
		return path
	}
	return strings.TrimSuffix(path, "/")
}

// writer is how an outcome is told: in JSON, or as a page.
type writer func(w http.ResponseWriter, r *http.Request, o outcome)

func (h *handler) answer(respond responder) http.Handler { return h.answerIn(h.write, respond) }

// answerIn authenticates before anything else, as MLflow does: without a credential even an unknown path is a 401.
func (h *handler) answerIn(write writer, respond responder) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		facts := h.facts(r)
		ctx, c, err := h.admit(r, facts, r.Method == http.MethodGet)
		var body any
		if err == nil {
			body, err = respond(w, r.WithContext(ctx), c)
		}
		write(w, r, outcome{facts: facts, principal: c.Principal, body: body, err: err})
	})
}

// admit says who asks, and has the audit trail know. What only reads is open to restricted credentials, too.
func (h *handler) admit(r *http.Request, facts authz.Request, reads bool) (context.Context, caller, error) {
	p, err := h.authenticator.Authenticate(r.Context(), facts)
	if err == nil && !p.Known() {
		err = errors.New("the authenticator returned nobody")
	}
	c := caller{Principal: p, Browser: fromBrowser(r)}
	if err == nil {
		c.Workspace, err = h.workspace(facts.Headers)
		c.Workspace = cmp.Or(c.Workspace, authz.DefaultWorkspace)
	}
	if err == nil && !reads {
		err = c.mustBeWhole()
	}
	return store.WithActor(r.Context(), actor(p, facts)), c, err
}

// still says who asks once the whole message is there. Its sender chooses how long that takes, and what was taken from the sender meanwhile holds.
func (h *handler) still(r *http.Request, c caller, reads bool) (caller, error) {
	if r.ContentLength == 0 {
		return c, nil
	}
	_, now, err := h.admit(r, h.facts(r), reads)
	return now, err
}

// actor is whom the audit trail names for what the request changes. The request's id is the client's to choose where no proxy sets it.
func actor(p authz.Principal, facts authz.Request) store.Actor {
	a := store.Actor{Username: p.Username, UserID: p.UserID, Method: p.Method, RequestID: facts.ID[:min(len(facts.ID), longestQuote)]}
	if facts.Source.IsValid() {
		a.Source = facts.Source.String()
	}
	return a
}

// fromBrowser knows browsers by headers that no script can withhold.
func fromBrowser(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
}

func noSuchPath(http.ResponseWriter, *http.Request, caller) (any, error) {
	return nil, &failure{
		status: http.StatusNotFound, code: "ENDPOINT_NOT_FOUND", text: "There is no such endpoint in MLflow's authentication API.",
	}
}

func wrongMethod(methods ...string) responder {
	allowed := strings.Join(methods, ", ")
	return func(w http.ResponseWriter, r *http.Request, _ caller) (any, error) {
		w.Header().Set("Allow", allowed)
		return nil, &failure{
			status: http.StatusMethodNotAllowed, code: "BAD_REQUEST", text: "This endpoint answers " + allowed + " requests only.",
		}
	}
}

// crossOrigin refuses what another site made a browser send. The credential is not looked at.
func (h *handler) crossOrigin(w http.ResponseWriter, r *http.Request) {
	h.write(w, r, outcome{facts: h.facts(r), err: anotherSite()})
}

func anotherSite() error { return denied("the request comes from another site.") }

// recovering turns a panic into a 500.
func (h *handler) recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				h.write(w, r, outcome{facts: h.facts(r), err: h.panicked(r.Context(), v)})
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// panicked notes a panic, but for its value: that may be built from the request.
func (h *handler) panicked(ctx context.Context, v any) error {
	h.log.ErrorContext(ctx, "the admin API panicked", "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
	return errors.New("panic")
}
