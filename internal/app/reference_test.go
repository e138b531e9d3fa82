package app

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"extauthz/internal/golden"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

const metricsReference = "../../docs/reference/metrics.md"

// described is one metric as Prometheus sees it.
type described struct {
	kind, help string
	labels     map[string]map[string]bool // name → values
}

var (
	seriesLine = regexp.MustCompile(`^(\w+?)(_bucket|_sum|_count)?(?:\{(.*)\})? \S+$`)
	labelPair  = regexp.MustCompile(`(\w+)="([^"]*)"`)
)

// scrape starts the service, lets it decide a request, and reads its own metrics.
func scrape(t *testing.T) map[string]*described {
	t.Helper()
	a := start(t, nil)
	decideOne(t, a)
	_, text := probe(t, a.Addrs().Diagnostics, "/metrics")
	found := map[string]*described{}
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		if meta, ok := strings.CutPrefix(lines.Text(), "# "); ok {
			word, rest, _ := strings.Cut(meta, " ")
			name, value, _ := strings.Cut(rest, " ")
			if found[name] == nil {
				found[name] = &described{labels: map[string]map[string]bool{}}
			}
			*map[string]*string{"HELP": &found[name].help, "TYPE": &found[name].kind}[word] = value
			continue
		}
		m := seriesLine.FindStringSubmatch(lines.Text())
		if m == nil {
			t.Fatalf("no series: %s", lines.Text())
		}
		d := cmp.Or(found[m[1]], found[m[1]+m[2]])
		for _, pair := range labelPair.FindAllStringSubmatch(m[3], -1) {
			if d.labels[pair[1]] == nil {
				d.labels[pair[1]] = map[string]bool{}
			}
			d.labels[pair[1]][pair[2]] = true
		}
	}
	maps.DeleteFunc(found, func(name string, _ *described) bool { return !strings.HasPrefix(name, "extauthz_") })
	return found
}

func decideOne(t *testing.T, a *App) {
	t.Helper()
	conn, err := grpc.NewClient(a.Addrs().GRPC.String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := auth.NewAuthorizationClient(conn).Check(t.Context(), &auth.CheckRequest{}); err != nil {
		t.Fatal(err)
	}
}

// open are labels whose values are not listed: there are many, or they are the build's.
var open = []string{"le", "operation", "reason", "version", "revision", "go_version"}

func (d *described) describeLabels() string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(d.labels)) {
		values := slices.Sorted(maps.Keys(d.labels[name]))
		switch {
		case name == "le":
		case slices.Contains(open, name), d.labels["operation"] != nil: // of one decision, which says nothing about the others
			out = append(out, "`"+name+"`")
		default:
			out = append(out, "`"+name+"` ("+strings.Join(values, ", ")+")")
		}
	}
	if len(out) == 0 {
		return d.kind
	}
	return d.kind + " by " + strings.Join(out, ", ")
}

// TestMetricsReference keeps the page of metrics true: it is made of what the running service serves.
func TestMetricsReference(t *testing.T) {
	found := scrape(t)
	var page strings.Builder
	page.WriteString("# Metrics\n\n`/metrics` on `--diagnostics-listen`, in Prometheus' format. Made from the service itself by `make generate`.\n\n" +
		"Times are seconds, sizes bytes. No label holds a user, a resource or a path. `operation` is one of what `extauthz routes` prints, `reason`\n" +
		"one of the reasons of a decision. The metrics of Go and of the process (`go_`, `process_`) are there as well.\n" +
		"[k8s/monitoring](../../k8s/monitoring) has a dashboard and alert rules for them.\n")
	for _, name := range slices.Sorted(maps.Keys(found)) {
		fmt.Fprintf(&page, "\n## %s\n\n%s\n\n%s\n", name, found[name].describeLabels(), found[name].help)
	}
	golden.Compare(t, metricsReference, page.String())
}

// TestMetricsNameNobody looks for what must never be a label.
func TestMetricsNameNobody(t *testing.T) {
	for name, d := range scrape(t) {
		for _, label := range slices.Sorted(maps.Keys(d.labels)) {
			if !slices.Contains([]string{"decision", "kind", "result", "cache", "outcome", "part"}, label) && !slices.Contains(open, label) {
				t.Errorf("%s has a label %q: does its value name a user or a resource?", name, label)
			}
		}
	}
}
