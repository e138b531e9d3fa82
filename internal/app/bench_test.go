package app

import (
	"context"
	"flag"
	"fmt"
	"syscall"
	"testing"
	"time"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc/codes"

	"extauthz/authz"
	"extauthz/envoy"
	"extauthz/internal/metrics"
)

// rounds repeats the benchmarks in turn, so that a machine that is busy for a while is busy for all of them.
var rounds = flag.Int("rounds", 1, "how often to run every benchmark, in turn")

// BenchmarkDecision has a real table, a real store, credentials and owners of runs that were seen before. "authorize" is the decision
// alone. "check" is all of ext_authz's Check: translation, decision, metrics and the answer; only gRPC is missing.
func BenchmarkDecision(b *testing.B) {
	sizes := []int{100, 10_000, 1_000_000}
	checkers := make([]*envoy.Checker, len(sizes))
	for i, n := range sizes {
		checkers[i] = benchChecker(b, n)
	}
	for range *rounds {
		for i, n := range sizes {
			for _, kind := range []string{"GET", "POST"} {
				checks := benchRequests(kind, n)
				b.Run(fmt.Sprintf("authorize/%s/grants=%d", kind, n), func(b *testing.B) { loop(b, authorize(checkers[i], checks)) })
				b.Run(fmt.Sprintf("check/%s/grants=%d", kind, n), func(b *testing.B) { loop(b, check(checkers[i], checks)) })
			}
		}
	}
}

// authorize returns a function that decides the i-th request and reports whether it was allowed.
func authorize(c *envoy.Checker, checks []*auth.CheckRequest) func(i int) bool {
	requests := make([]authz.Request, len(checks))
	for i, check := range checks {
		requests[i] = envoy.Request(check)
	}
	authorizer := c.Authorizer.(metrics.Timed).Next
	return func(i int) bool {
		return authorizer.Authorize(context.Background(), requests[i%len(requests)]).Effect == authz.Allowed
	}
}

func check(c *envoy.Checker, checks []*auth.CheckRequest) func(i int) bool {
	return func(i int) bool {
		r, err := c.Check(context.Background(), checks[i%len(checks)])
		return err == nil && r.GetStatus().GetCode() == int32(codes.OK)
	}
}

// loop reports the CPU time too: on a busy machine it says more than the time that passed.
func loop(b *testing.B, call func(int) bool) {
	for i := range benchUsers {
		if !call(i) {
			b.Fatal("denied")
		}
	}
	b.ReportAllocs()
	before := cpuTime()
	for i := 0; b.Loop(); i++ {
		if !call(i) {
			b.Fatal("denied")
		}
	}
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
