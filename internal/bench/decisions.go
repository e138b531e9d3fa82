package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// decisions runs the benchmarks of internal/app and prints them side by side.
func decisions(ctx context.Context, o options, _ string) error {
	if o.decisions < 1 {
		return nil
	}
	test := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "BenchmarkDecision|BenchmarkCredential", "-benchtime", "150ms",
		"./internal/app", "-rounds", strconv.Itoa(o.decisions))
	var out bytes.Buffer
	test.Stdout, test.Stderr = &out, &out
	if err := test.Run(); err != nil {
		return fmt.Errorf("go test ./internal/app: %w: %s", err, out.String())
	}
	found, err := parseBenchmarks(out.String())
	if err != nil {
		return err
	}
	if err := printDecisions(os.Stdout, o, found); err != nil {
		return err
	}
	return printCredentialCosts(os.Stdout, found)
}

// cost is one benchmark at one size, one value for each round.
type cost struct{ ns, cpu, allocs []float64 }

var line = regexp.MustCompile(`^Benchmark([\w/=]+)(?:#\d+)?(?:-\d+)?\s+\d+\s+([\d.]+) ns/op\s+([\d.]+) cpu-ns/op\s+\d+ B/op\s+(\d+) allocs/op`)

// parseBenchmarks returns costs by names like Decision/check/GET/grants=100.
func parseBenchmarks(text string) (map[string]*cost, error) {
	found := map[string]*cost{}
	for l := range strings.Lines(text) {
		m := line.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		key := m[1]
		if found[key] == nil {
			found[key] = &cost{}
		}
		for i, into := range []*[]float64{&found[key].ns, &found[key].cpu, &found[key].allocs} {
			n, err := strconv.ParseFloat(m[2+i], 64)
			if err != nil {
				return nil, err
			}
			*into = append(*into, n)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no benchmarks in the output of go test: %s", text)
	}
	return found, nil
}

var sizes = []string{"100", "10000", "1000000"}

// printDecisions compares every size with the smallest.
func printDecisions(out io.Writer, o options, found map[string]*cost) error {
	fmt.Fprintf(out, `In process: the least of %d rounds, in turn. "authorize" is the decision alone, "check" is all of ext_authz's Check but gRPC. Each of 100
users asks about one experiment that it has a grant on, over and over. NS is time per operation, CPU NS processor time with the garbage
collector's.

`, o.decisions)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  BENCHMARK\tGRANTS\tNS\tCPU NS\tALLOCATIONS\tNS ÷ 100 GRANTS")
	for _, name := range []string{"authorize", "check"} {
		for _, kind := range kinds {
			for _, grants := range sizes {
				at := "Decision/" + name + "/" + kind + "/grants="
				c, first := found[at+grants], found[at+sizes[0]]
				if c == nil || first == nil {
					return fmt.Errorf("no benchmark %s %s with %s grants", name, kind, grants)
				}
				fmt.Fprintf(w, "  %s %s\t%s\t%.0f\t%.0f\t%.0f\t%.2f\n", name, kind, grants,
					slices.Min(c.ns), slices.Min(c.cpu), slices.Min(c.allocs), slices.Min(c.ns)/slices.Min(first.ns))
			}
		}
	}
	return w.Flush()
}

// printCredentialCosts compares every kind of credential with basic auth.
func printCredentialCosts(out io.Writer, found map[string]*cost) error {
	const prefix = "Credential/"
	basic := found[prefix+"basic"]
	if basic == nil {
		return errors.New("no benchmark of basic auth")
	}
	fmt.Fprint(out, "\nA check by the kind of credential, seen before, in process\n")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  CREDENTIAL\tNS\tCPU NS\tALLOCATIONS\tNS ÷ BASIC")
	for _, name := range slices.Sorted(maps.Keys(found)) {
		kind, ok := strings.CutPrefix(name, prefix)
		if c := found[name]; ok {
			fmt.Fprintf(w, "  %s\t%.0f\t%.0f\t%.0f\t%.2f\n", strings.ReplaceAll(kind, "_", " "),
				slices.Min(c.ns), slices.Min(c.cpu), slices.Min(c.allocs), slices.Min(c.ns)/slices.Min(basic.ns))
		}
	}
	return w.Flush()
}
