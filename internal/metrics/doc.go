// Package metrics counts and times what the service does, for Prometheus.
//
// Units are seconds and bytes. No label holds a user, a resource, a path or anything else that a client chooses: every label has a closed
// set of values, so the number of series is bounded by the route table. Series whose labels are known beforehand exist from the start with 0,
// since a counter that appears with its first event has no rate.
//
// A metric's help says what it means and what to think when it moves; docs/reference/metrics.md is made of it.
package metrics
