package api

import (
	"io"
	"log/slog"
	"net/http"

	"github.com/go-json-experiment/json"

	"extauthz/authz"
)

// outcome is how a request ended.
type outcome struct {
	facts     authz.Request
	principal authz.Principal
	body      any
	err       error
}

// failureObject is what MLflow's clients read an exception from.
type failureObject struct {
	ErrorCode string `json:"error_code"`
	Message   string `json:"message"`
}

// without is the body of an answer that has none: 204.
type without struct{}

func noContent[In, Out any](In, Out) without { return without{} }

// write answers and logs. Nothing has been written before it.
func (h *handler) write(w http.ResponseWriter, r *http.Request, o outcome) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	status, text := http.StatusOK, ""
	if o.err != nil {
		f := asFailure(o.err)
		status, text = f.status, f.text
		o.body = failureObject{ErrorCode: f.code, Message: f.text}
	}
	h.record(r, o, status)
	if status == http.StatusUnauthorized {
		challenge(w, text)
		return
	}
	if _, empty := o.body.(without); empty {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if send, ok := o.body.(stream); ok {
		h.stream(w, r, send)
		return
	}
	content, err := json.Marshal(o.body, json.Deterministic(true))
	if err != nil {
		h.log.ErrorContext(r.Context(), "an answer of the admin API is not JSON", "error", err)
		status, content = http.StatusInternalServerError, []byte(`{"error_code":"INTERNAL_ERROR","message":"The service failed."}`)
	}
	header.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(content, '\n')) // a client that is gone is no concern of ours
}

// stream hangs up on a client whose answer cannot be finished, since it has begun: an answer that is cut short must not look whole.
func (h *handler) stream(w http.ResponseWriter, r *http.Request, send stream) {
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := send(w); err != nil {
		h.log.ErrorContext(r.Context(), "an answer of the admin API was cut short", "error", err)
		panic(http.ErrAbortHandler)
	}
}

// challenge is MLflow's own 401, which browsers and clients know what to do with.
func challenge(w http.ResponseWriter, text string) {
	w.Header().Set("WWW-Authenticate", `Basic realm="mlflow"`)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = io.WriteString(w, text)
}

// record logs what was asked and how it ended: the path without its query, never a header or a body.
func (h *handler) record(r *http.Request, o outcome, status int) {
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	attributes := []slog.Attr{
		slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", status),
		slog.String("user", o.principal.Username), slog.String("source", o.facts.Source.String()), slog.String("request_id", o.facts.ID),
	}
	if o.err != nil {
		attributes = append(attributes, slog.String("error", o.err.Error()))
	}
	h.log.LogAttrs(r.Context(), level, "admin API", attributes...)
}
