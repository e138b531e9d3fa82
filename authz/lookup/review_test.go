package lookup

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extauthz/authz"
)

// serveReview answers as record_review.py recorded it.
func serveReview(t *testing.T) (ids map[string]string, client *Client, resolver *Resolver) {
	t.Helper()
	return serveRecorded(t, "testdata/review-3.17.2.json")
}

// serveRecorded answers as the file recorded it. The ids are by what they are of.
func serveRecorded(t *testing.T, file string) (ids map[string]string, client *Client, resolver *Resolver) {
	t.Helper()
	var recording struct {
		IDs     map[string]string   `json:"ids"`
		Answers map[string]recorded `json:"answers"`
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &recording)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, client, resolver = serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		a, ok := recording.Answers[r.Method+" "+r.URL.RequestURI()]
		if ok {
			w.WriteHeader(a.Status)
			_, _ = w.Write(a.Body)
		}
		return ok
	})
	return recording.IDs, client, resolver
}

// TestResolveWhatReviewersWorkOn: datasets with all their experiments, queues with their people, and jobs only if they optimize prompts.
func TestResolveWhatReviewersWorkOn(t *testing.T) {
	ids, _, resolver := serveReview(t)
	in := func(experiments ...string) (r authz.Resolution) {
		for _, id := range experiments {
			r.Resources = append(r.Resources, authz.InDefault(authz.Experiment, id))
		}
		return r
	}
	people := func(r authz.Resolution, owner string, personal bool, members ...string) authz.Resolution {
		r.Owner, r.Personal, r.Members = owner, personal, members
		return r
	}
	for _, c := range []struct {
		kind   authz.RefKind
		id     string
		want   authz.Resolution
		reason authz.Reason
	}{
		{authz.RefDataset, ids["dataset"], in("1", "2"), ""},
		{authz.RefDataset, ids["orphan"], in(), authz.UnknownResource},
		{authz.RefDataset, "nobody", in(), authz.UnknownResource},
		{authz.RefIssue, ids["issue"], in("1"), ""},
		{authz.RefIssue, "nobody", in(), authz.UnknownResource},
		{authz.RefLabelSchema, ids["schema"], in("1"), ""},
		{authz.RefLabelSchema, "nobody", in(), authz.UnknownResource},
		{authz.RefReviewQueue, ids["queue"], people(in("1"), "", false, "alice", "bob"), ""},
		{authz.RefReviewQueue, ids["owned"], people(in("1"), "dave", false, "alice", "bob"), ""},
		{authz.RefReviewQueue, ids["personal"], people(in("1"), "carol", true, "carol"), ""},
		{authz.RefReviewQueue, "nobody", in(), authz.UnknownResource},
		{authz.RefReviewQueueName, "1/Q", people(in("1"), "", false, "alice", "bob"), ""},
		{authz.RefReviewQueueName, "1/q", people(in("1"), "", false, "alice", "bob"), ""},
		{authz.RefReviewQueueName, "1/nobody", in(), authz.UnknownResource},
		{authz.RefPromptJob, ids["job"], in("1"), ""},
		{authz.RefPromptJob, ids["other job"], in(), authz.UnknownResource},
		{authz.RefPromptJob, "nobody", in(), authz.UnknownResource},
		{authz.RefJob, "j", authz.Governed(authz.InDefault(authz.Job, "j")), ""},
		{authz.RefAdminOnly, "x", in(), authz.AdminOnly},
	} {
		got, err := resolver.Resolve(context.Background(), authz.Ref{Kind: c.kind, ID: c.id})
		if err == nil {
			slices.Sort(got.Members)
		} else {
			got = authz.Resolution{}
		}
		if diff := cmp.Diff(c.want, got); reason(err) != c.reason || diff != "" {
			t.Errorf("%d %s: %v, want %s (-want +got)\n%s", c.kind, c.id, err, c.reason, diff)
		}
	}
}

// TestNamedScorer: a scorer is as old as its first version.
func TestNamedScorer(t *testing.T) {
	_, client, _ := serveReview(t)
	for key, want := range map[string]Named{
		"1/%C3%A9%2Fa%20b": {Exists: true, Kind: authz.Scorer, ID: "1/%C3%A9%2Fa%20b"},
		"1/second":         {Exists: true, Kind: authz.Scorer, ID: "1/second", Altered: true},
		"1/nobody":         {},
		"99/a":             {},
	} {
		got, err := client.Named(context.Background(), authz.InDefault(authz.Scorer, key))
		if err != nil || got.Exists != want.Exists || want.Exists && (got.Kind != want.Kind || got.ID != want.ID || got.Altered != want.Altered) {
			t.Errorf("%s: %+v, %v; want %+v", key, got, err, want)
		}
		if want.Exists && !want.Altered && time.Since(got.Created) > 1e6*time.Hour {
			t.Errorf("%s: created %s", key, got.Created)
		}
	}
}
