package mlflow

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"extauthz/authz"
)

// TestMLflowWritesTheTracesThatWeRead compares what we read from spans with what real servers wrote for them (testdata/otlp.py): what
// clients send passes, and of what passes no release writes to a trace, a reserved tag, an experiment or a run that we did not name.
func TestMLflowWritesTheTracesThatWeRead(t *testing.T) {
	for release, takesAll := range map[string]bool{"3.4.0": false, "3.11.1": false, "3.17.2": true, "3.18.0": true} {
		t.Run(release, func(t *testing.T) {
			accepted, refused := 0, 0
			for line := range strings.Lines(readFile(t, "testdata/otlp-"+release+".tsv")) {
				c := readOTLPCase(t, line)
				params, err := readOTLP(c.request)
				switch {
				case c.victim:
					c.overwritten(t, params)
				case c.twin && err != nil:
					t.Errorf("%s: %v, although clients send it", c.name, err)
				case err != nil:
					refused++
				default:
					accepted++
					c.compare(t, params, takesAll)
				}
			}
			if accepted < 30 || refused < 80 {
				t.Errorf("accepted %d and refused %d: too few to say anything", accepted, refused)
			}
			t.Logf("accepted %d, refused %d", accepted, refused)
		})
	}
}

type otlpCase struct {
	name, status string
	twin, victim bool
	request      authz.Request
	written      struct {
		Traces      []string `json:"trace_ids"`
		Experiments []string
		Tags        []string
		Runs, Spans []string
	}
}

func readOTLPCase(t testing.TB, line string) (c otlpCase) {
	t.Helper()
	columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
	c.twin, c.victim, c.name, c.status = columns[0] == "TWIN", columns[0] == "VICTIM", columns[1], columns[4]
	var headers [][2]string
	body, err1 := base64.StdEncoding.DecodeString(columns[3])
	err2, err3 := json.Unmarshal([]byte(columns[2]), &headers), json.Unmarshal([]byte(columns[5]), &c.written)
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(line, err1, err2, err3)
	}
	c.request = authz.Request{Method: "POST", Target: "/v1/traces", Headers: authz.Headers{}, Body: body}
	for _, h := range headers {
		c.request.Headers[h[0]] = append(c.request.Headers[h[0]], strings.Trim(h[1], " \t"))
	}
	return c
}

// overwritten is why the traces are named at all: before 3.18 MLflow replaces the span of another experiment's trace, whatever the header.
func (c otlpCase) overwritten(t *testing.T, params map[string]any) {
	t.Helper()
	want := map[string]string{"200": "evil", "400": "good"}[c.status]
	if params["experiment_id"] != "1" || !slices.Equal(c.written.Experiments, []string{"2"}) || !slices.Equal(c.written.Spans, []string{want}) {
		t.Errorf("%s: MLflow answered %s and wrote %+v, we read %v", c.name, c.status, c.written, params)
	}
	if named := otlpStrings(params["trace_ids"]); !slices.Equal(named, c.written.Traces) {
		t.Errorf("%s: MLflow wrote to %q, we name %q", c.name, c.written.Traces, named)
	}
}

// compare: a release that takes JSON, too, writes all that we name; others may have refused it.
func (c otlpCase) compare(t *testing.T, params map[string]any, takesAll bool) {
	t.Helper()
	traces, tags, runs := otlpStrings(params["trace_ids"]), otlpStrings(params["trace_tags"]), otlpStrings(params["run_ids"])
	for _, id := range c.written.Traces {
		if !slices.Contains(traces, id) {
			t.Errorf("%s: MLflow wrote to %s, we name %q", c.name, id, traces)
		}
	}
	for _, tag := range c.written.Tags {
		if reservedTag(tag) && !slices.Contains(tags, tag) {
			t.Errorf("%s: MLflow set %s, we name %q", c.name, tag, tags)
		}
	}
	for _, run := range c.written.Runs {
		if !slices.Contains(runs, run) {
			t.Errorf("%s: MLflow linked %s, we name %q", c.name, run, runs)
		}
	}
	for _, id := range c.written.Experiments {
		if id != params["experiment_id"] {
			t.Errorf("%s: MLflow wrote to experiment %s, we name %v", c.name, id, params["experiment_id"])
		}
	}
	for _, id := range traces {
		if c.status == "200" && takesAll && !strings.HasPrefix(id, `"`) && !slices.Contains(c.written.Traces, id) {
			t.Errorf("%s: we name %s, which MLflow did not write to", c.name, id)
		}
	}
	if c.status != "200" && takesAll && c.twin {
		t.Errorf("%s: MLflow answers %s", c.name, c.status)
	}
}

func otlpStrings(list any) []string {
	var all []string
	elements, _ := list.([]any)
	for _, e := range elements {
		all = append(all, e.(string))
	}
	return all
}
