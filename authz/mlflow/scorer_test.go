package mlflow

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extauthz/authz"
)

// TestScorerKey against what urllib.parse.quote(name, safe="") writes.
func TestScorerKey(t *testing.T) {
	for name, want := range map[string]string{
		"a": "a", "a b/c": "a%20b%2Fc", "é": "%C3%A9", "*": "%2A", "%": "%25", "_.-~": "_.-~", "a+b&c=d": "a%2Bb%26c%3Dd", "日本": "%E6%97%A5%E6%9C%AC",
		"\x7f\n": "%7F%0A", "1/2": "1%2F2", "`{|}": "%60%7B%7C%7D",
	} {
		if got := ScorerKey("7", name); got != "7/"+want {
			t.Errorf("%q: %s, want 7/%s", name, got, want)
		}
	}
}

// TestRowsOfScorers: a list names the experiment by a number and the scorer by its name; both together are what grants name. A list of a plain
// handler stays when nothing is left in it.
func TestRowsOfScorers(t *testing.T) {
	scorers := &Listing{Rows: "scorers", ID: "experiment_id", Name: "scorer_name", Kind: authz.Experiment, Part: authz.Scorer}
	page, err := scorers.ParsePage([]byte(`{"scorers":[{"experiment_id":7,"scorer_name":"a b"}]}`))
	if err != nil || len(page.Rows) != 1 {
		t.Fatal(page, err)
	}
	want := authz.Need{Action: authz.CanRead, Part: authz.Scorer, PartID: "7/a%20b", Alone: true}
	if diff := cmp.Diff(want, scorers.Need(page.Rows[0])); diff != "" || page.Rows[0].ID != "7" {
		t.Errorf("%s %s", page.Rows[0].ID, diff)
	}
	for _, bad := range []string{`{"experiment_id":7}`, `{"scorer_name":"a"}`, `{"experiment_id":7,"scorer_name":""}`, `{"experiment_id":null,"scorer_name":"a"}`, `{"experiment_id":7,"scorer_name":1}`} {
		if page, err := scorers.ParsePage([]byte(`{"scorers":[` + bad + `]}`)); err == nil {
			t.Errorf("%s: %+v", bad, page)
		}
	}
	for _, c := range []struct {
		whole bool
		want  string
	}{{false, "{}"}, {true, `{"jobs":[]}`}} {
		jobs := &Listing{Rows: "jobs", ID: "job_id", Kind: authz.Job, Whole: c.whole}
		page, err := jobs.ParsePage([]byte(`{"jobs":[{"job_id":"x"}]}`))
		page.Rows = nil
		body, err2 := page.Render(jobs)
		if err != nil || err2 != nil || strings.TrimSpace(string(body)) != c.want {
			t.Errorf("%s, want %s; %v %v", body, c.want, err, err2)
		}
	}
}
