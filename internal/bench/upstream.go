package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// upstream stands for MLflow: it answers everything with a small body, and at once. MLflow itself would hide what the proxy costs.
// args is its address.
func upstream(ctx context.Context, args []string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"experiment":{"experiment_id":"1","name":"bench","lifecycle_stage":"active"}}`))
	})
	mux.HandleFunc("/ajax-api/2.0/mlflow/runs/get", runOwner)
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", args[0])
	if err != nil {
		return err
	}
	s := &http.Server{Handler: mux}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	if err := s.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}

// runOwner says that "run7" belongs to experiment 7.
func runOwner(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("run_id")
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"run":{"info":{"run_id":%q,"experiment_id":%q,"artifact_uri":"mlflow-artifacts:/x"}}}`, id, strings.TrimPrefix(id, "run"))
}
