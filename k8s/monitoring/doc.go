// Package monitoring holds what watches the service: alert rules for Prometheus (alerts.yaml, and the same as a PrometheusRule in rules.yaml)
// and a dashboard for Grafana. The package itself is only tests: promtool tries every alert, and every metric that is named exists.
package monitoring
