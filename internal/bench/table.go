package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
)

// printProxy prints one table for each kind of request. Ratios are taken within each round, since only neighbours in time are comparable.
func printProxy(out io.Writer, o options, variants []*variant, all results) error {
	fmt.Fprintf(out, `Through Envoy: %d rounds of %v for each line, in turn, %d connections, %d grants in the store, a non-admin with a grant.
The upstream is a Go server that answers 200 at once, not MLflow, which takes milliseconds and would hide the proxy's cost.
REQ/S is the median of the rounds. A ratio is the median of the rounds' ratios, with its 95 %% confidence interval. CPU is processor time
(user and system) per request, in microseconds, of the Envoy process and of the process that it asks: lower is better.

`, o.rounds, o.slice, o.connections, o.grants)
	for _, kind := range kinds {
		fmt.Fprintln(out, titles[kind])
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "  VARIANT\tREQ/S\t÷ ENVOY ALONE\t÷ ALWAYS-ALLOW\tCPU ENVOY\tCPU ASKED\tCPU BOTH\tCPU BOTH ÷ ALWAYS-ALLOW")
		alone, always := all[kind][variants[0].name], all[kind][variants[1].name]
		for _, v := range variants {
			own := all[kind][v.name]
			fmt.Fprintf(w, "  %s\t%.0f\t%s\t%s\t%.1f\t%.1f\t%.1f\t%s\n", v.name, median(each(own, rate)),
				ratio(own, alone, rate), ratio(own, always, rate),
				median(each(own, envoyCPU)), median(each(own, askedCPU)), median(each(own, bothCPU)), ratio(own, always, bothCPU))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	return nil
}

var titles = map[string]string{
	"GET":  "GET experiments/get",
	"POST": "POST runs/log-metric, 300 bytes of JSON",
}

func rate(s sample) float64     { return s.rate }
func envoyCPU(s sample) float64 { return s.envoy }
func askedCPU(s sample) float64 { return s.asked }
func bothCPU(s sample) float64  { return s.envoy + s.asked }

func each(samples []sample, of func(sample) float64) []float64 {
	out := make([]float64, len(samples))
	for i, s := range samples {
		out[i] = of(s)
	}
	return out
}

// ratio compares two variants round by round.
func ratio(own, other []sample, of func(sample) float64) string {
	ratios := each(own, of)
	for i := range ratios {
		ratios[i] /= of(other[i])
	}
	low, high := interval(ratios)
	return fmt.Sprintf("%.2f (%.2f–%.2f)", median(ratios), low, high)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// interval is the 95 % confidence interval of the median, whatever the distribution: so many values to both sides of the middle one as
// the binomial distribution says. Of less than six values it is all of them.
func interval(values []float64) (low, high float64) {
	sorted := slices.Sorted(slices.Values(values))
	n := float64(len(sorted))
	aside := max(0, int((n-1-1.96*math.Sqrt(n))/2))
	return sorted[aside], sorted[len(sorted)-1-aside]
}
