package app

import (
	"encoding/json"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// diagnostics serves /healthz (the process lives), /readyz (it can decide; names what fails) and /metrics.
func (a *App) diagnostics(registry *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", a.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{Registry: registry}))
	return mux
}

func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	if _, err := a.store.Revision(r.Context()); err != nil {
		a.log.Error("not ready", "store", err)
		answer(w, http.StatusServiceUnavailable, map[string]string{"status": "failing", "store": "it cannot be read"})
		return
	}
	answer(w, http.StatusOK, map[string]string{"status": "ok", "store": "ok"})
}

func answer(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone: nobody to tell
}
