// Command bench measures what this service costs.
//
// Three real Envoys stand before the same trivial upstream: one alone, one that asks a gRPC server which allows everything, one that asks
// extauthz about a store of users and grants. All three have the configuration that `extauthz envoy-config` renders; the first is without
// its ext_authz and ext_proc filters. They are measured in turn, in short rounds of changing order, so that a machine that is busy for a
// while is busy for all of them. What counts is therefore the ratios; the absolute numbers belong to the machine.
//
// Then it runs the in-process benchmarks of internal/app: the decision alone, at several sizes of the store.
//
//	go run ./internal/bench            everything, in less than eight minutes
//	go run ./internal/bench -rounds 0  the decision alone
//
// It starts itself again as the upstream, the server that allows everything, and the load generator, so that each has CPU time of its own.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	envoy       string
	rounds      int
	slice       time.Duration
	connections int
	grants      int
	decisions   int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	if part, ok := parts[os.Getenv(partVariable)]; ok {
		return part(ctx, os.Args[1:])
	}
	runtime.LockOSThread() // see process: the children end with this thread
	o := flags()
	ctx, cancel := context.WithTimeoutCause(ctx, 8*time.Minute, fmt.Errorf("it takes longer than eight minutes: the machine is too busy to measure anything"))
	defer cancel()
	dir, err := os.MkdirTemp("", "extauthz-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, measure := range []func(context.Context, options, string) error{throughProxy, decisions} {
		if err := measure(ctx, o, dir); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return err
		}
	}
	return nil
}

func flags() options {
	var o options
	flag.StringVar(&o.envoy, "envoy", envoyBinary(), "the envoy binary ($ENVOY, or the project's own)")
	flag.IntVar(&o.rounds, "rounds", 16, "rounds through the proxy; in each, every variant has one turn of each kind")
	flag.DurationVar(&o.slice, "slice", 1500*time.Millisecond, "length of a turn")
	flag.IntVar(&o.connections, "connections", 16, "keep-alive connections of the load generator")
	flag.IntVar(&o.grants, "grants", 10_000, "grants in the store behind the proxy")
	flag.IntVar(&o.decisions, "decisions", 5, "rounds of the in-process benchmarks")
	flag.Parse()
	return o
}

func envoyBinary() string {
	if path := os.Getenv("ENVOY"); path != "" {
		return path
	}
	return filepath.Join("var", "venv", "bin", "envoy")
}
