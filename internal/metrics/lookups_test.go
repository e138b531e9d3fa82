package metrics

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"extauthz/authz/lookup"
)

// TestLookups asks a server that answers in each of the ways in which MLflow can.
func TestLookups(t *testing.T) {
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("run_id") {
		case "known":
			fmt.Fprint(w, `{}`)
		case "unknown":
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"error_code":"RESOURCE_DOES_NOT_EXIST"}`)
		case "broken":
			w.WriteHeader(http.StatusInternalServerError)
		case "slow":
			<-hang
		}
	}))
	defer server.Close()
	defer close(hang)
	for id, outcome := range map[string]string{"known": "answered", "unknown": "unknown", "broken": "failed", "slow": "timeout"} {
		l := NewLookups(prometheus.NewRegistry())
		var path string
		watch := func(ctx context.Context, method, asked string) (context.Context, func(error)) {
			path = asked
			return l.Watch(ctx, method, asked)
		}
		client := lookup.NewClient(server.URL, 200*time.Millisecond).Watched(watch)
		_, _ = client.Get(t.Context(), "2.0/mlflow/runs/get", map[string][]string{"run_id": {id}}, &struct{}{}) // its errors are its own tests'
		for _, each := range []string{answered, unknown, late, failed} {
			want := 0
			if each == outcome {
				want = 1
			}
			if got := observations(t, l.duration.WithLabelValues(each).(prometheus.Metric)); got != want {
				t.Errorf("%s: %d times %s, want %d", id, got, each, want)
			}
		}
		if path != "/ajax-api/2.0/mlflow/runs/get" {
			t.Errorf("the watch was told %q, which is not the path alone", path)
		}
	}
}
