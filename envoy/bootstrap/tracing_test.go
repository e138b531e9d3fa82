package bootstrap

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"extauthz/internal/golden"
)

func tracedFixture(change ...func(*Tracing)) Options {
	o := fixture
	o.Tracing = Tracing{Collector: "collector.internal:4317", Percent: 1}
	for _, c := range change {
		c(&o.Tracing)
	}
	return o
}

// TestTracingGolden is the review diff of what tracing adds: the tracer, the collector's cluster, and what is stripped.
func TestTracingGolden(t *testing.T) {
	var root any
	if err := json.Unmarshal(render(t, tracedFixture()), &root); err != nil {
		t.Fatal(err)
	}
	found := map[string]any{}
	walk("", root, func(path string, v any) {
		switch {
		case strings.HasSuffix(path, ".tracing"):
			found["tracing"] = v
		case strings.HasSuffix(path, ".early_header_mutation_extensions"):
			found["early_header_mutation_extensions"] = v
		case isNamed(v, collectorCluster):
			found[collectorCluster] = v
		}
	})
	got, err := json.MarshalIndent(found, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/tracing.json", string(got)+"\n")
}

// TestNoTracingUnlessAskedFor: instrumented clients send traceparent to MLflow by themselves.
func TestNoTracingUnlessAskedFor(t *testing.T) {
	plain := string(render(t, fixture))
	for _, word := range []string{"tracing", collectorCluster, "traceparent"} {
		if strings.Contains(plain, word) {
			t.Errorf("%s is there although nobody asked", word)
		}
	}
	if slices.Contains(strippedHeaders, "traceparent") {
		t.Error("one rendering changed what others strip")
	}
}

func TestBadTracingNamesTheFlag(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Tracing)
		want   string
	}{
		"a URL":                   {func(o *Tracing) { o.Collector = "http://127.0.0.1:4317" }, "tracing-collector:"},
		"no port":                 {func(o *Tracing) { o.Collector = "collector" }, "tracing-collector:"},
		"more than all":           {func(o *Tracing) { o.Percent = 101 }, "tracing-percent:"},
		"less than none":          {func(o *Tracing) { o.Percent = -1 }, "tracing-percent:"},
		"a share of what is none": {func(o *Tracing) { o.Collector = "" }, "tracing-percent:"},
	} {
		if _, err := Render(tracedFixture(c.change)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error that names %q", name, err, c.want)
		}
	}
}
