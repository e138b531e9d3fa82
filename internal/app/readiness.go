package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"extauthz/internal/metrics"
)

// readiness looks after the parts and says the same in three places: /readyz, the gRPC health service and the metrics.
type readiness struct {
	parts    []*part
	services []string // of the gRPC health service, beside the one of the server as a whole
	health   *health.Server
	metrics  *metrics.Health
	log      *slog.Logger

	checking sync.Mutex // one check at a time, so that what an older one found never replaces what a newer one did

	mu     sync.Mutex
	report report
}

// report is what /readyz answers: "ok", "degraded" (some part that is not vital fails), "failing" or "draining", and each part's state.
type report struct {
	Status string            `json:"status"`
	Parts  map[string]string `json:"parts,omitempty"`
}

const (
	statusOK       = "ok"
	statusDegraded = "degraded"
	statusFailing  = "failing"
	statusDraining = "draining"
	statusStarting = "starting"
)

// ready reports whether requests should be sent here.
func (r report) ready() bool { return r.Status == statusOK || r.Status == statusDegraded }

// checkEvery is how old an answer of /readyz may be.
const checkEvery = 5 * time.Second

// run checks until ctx is done.
func (r *readiness) run(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		r.check(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// check tries every part, at the same time, and tells the result.
func (r *readiness) check(ctx context.Context) {
	r.checking.Lock()
	defer r.checking.Unlock()
	errs := make([]error, len(r.parts))
	var all sync.WaitGroup
	for i, p := range r.parts {
		all.Go(func() { errs[i] = p.try(ctx) })
	}
	all.Wait()
	if ctx.Err() == nil {
		r.tell(errs)
	}
}

// tell publishes what the parts said. Nothing is ready again that is draining.
func (r *readiness) tell(errs []error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.report.Status == statusDraining {
		return
	}
	next := report{statusOK, map[string]string{}}
	for i, p := range r.parts {
		r.metrics.Part(p.name, errs[i] == nil)
		next.Parts[p.name] = statusOK
		if errs[i] == nil {
			continue
		}
		next.Parts[p.name] = p.lost
		if p.vital {
			next.Status = statusFailing
		} else if next.Status == statusOK {
			next.Status = statusDegraded
		}
	}
	r.explain(next, errs)
	r.publish(next)
}

// explain logs what has changed: the causes are for the log alone.
func (r *readiness) explain(next report, errs []error) {
	for i, p := range r.parts {
		switch before := r.report.Parts[p.name]; {
		case before == next.Parts[p.name]:
		case errs[i] != nil:
			r.log.Error("a part does not work", "part", p.name, "vital", p.vital, "lost", p.lost, "error", errs[i])
		case before != "":
			r.log.Info("a part works again", "part", p.name)
		}
	}
}

func (r *readiness) publish(next report) {
	status := healthpb.HealthCheckResponse_NOT_SERVING
	if next.ready() {
		status = healthpb.HealthCheckResponse_SERVING
	}
	for _, service := range append([]string{""}, r.services...) {
		r.health.SetServingStatus(service, status)
	}
	r.metrics.Ready(next.ready())
	r.report = next
}

// drain says that no more requests should come. It cannot be taken back.
func (r *readiness) drain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.health.Shutdown()
	r.metrics.Ready(false)
	r.report = report{Status: statusDraining}
}

// now is the last report.
func (r *readiness) now() report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.report
}
