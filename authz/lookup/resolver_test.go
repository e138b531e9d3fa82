package lookup

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"extauthz/authz"
)

// What the recording is about.
const (
	runID          = "bea182213d36451dbdc65b38ddea130d"
	modelID        = "m-0cf26b1be15c4aad8865c8d1d172b5a7"
	artifacts      = "mlflow-artifacts:/1/" + runID + "/artifacts"
	modelArtifacts = "mlflow-artifacts:/1/models/" + modelID + "/artifacts"
)

// mlflow answers as testdata/mlflow-3.17.2.json recorded it, and counts.
type mlflow struct {
	t       testing.TB
	answers map[string]recorded
	asked   atomic.Int32
	hook    func(w http.ResponseWriter, r *http.Request) bool // answers in its place
}

type recorded struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

func (m *mlflow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.asked.Add(1)
	if m.hook != nil && m.hook(w, r) {
		return
	}
	a, ok := m.answers[r.Method+" "+r.URL.RequestURI()]
	if !ok {
		m.t.Errorf("nothing recorded for %s %s", r.Method, r.URL.RequestURI())
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}

func serve(t testing.TB, hook func(w http.ResponseWriter, r *http.Request) bool) (*mlflow, *Client, *Resolver) {
	t.Helper()
	return serveWithin(t, time.Minute, hook)
}

func serveWithin(t testing.TB, deadline time.Duration, hook func(w http.ResponseWriter, r *http.Request) bool) (*mlflow, *Client, *Resolver) {
	t.Helper()
	text, err := os.ReadFile("testdata/mlflow-3.17.2.json")
	m := &mlflow{t: t, hook: hook}
	if err == nil {
		err = json.Unmarshal(text, &m.answers)
	}
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	client := NewClient(server.URL+"/", deadline)
	resolver, err := NewResolver(client, 100)
	if err != nil {
		t.Fatal(err)
	}
	return m, client, resolver
}

// TestResolve against what MLflow 3.17.2 answered (testdata/record.py): run run1 and model m-1 belong to experiment 1.
func TestResolve(t *testing.T) {
	_, _, resolver := serve(t, nil)
	experiment := func(id string) authz.Resource { return authz.InDefault(authz.Experiment, id) }
	for _, c := range []struct {
		ref    authz.Ref
		want   authz.Resource
		reason authz.Reason
	}{
		{authz.Ref{Kind: authz.RefExperiment, ID: "7"}, experiment("7"), ""},
		{authz.Ref{Kind: authz.RefRegisteredModel, ID: "model"}, authz.InDefault(authz.RegisteredModel, "model"), ""},
		{authz.Ref{Kind: authz.RefRegisteredModel, ID: "prompt"}, authz.InDefault(authz.Prompt, "prompt"), ""},
		{authz.Ref{Kind: authz.RefRegisteredModel, ID: "no prompt"}, authz.InDefault(authz.RegisteredModel, "no prompt"), ""},
		{authz.Ref{Kind: authz.RefRegisteredModel, ID: "nobody"}, authz.InDefault(authz.RegisteredModel, "nobody"), ""},
		{authz.Ref{Kind: authz.RefNewPrompt, ID: "p", Workspace: "team"}, authz.Resource{Kind: authz.Prompt, Workspace: "team", ID: "p"}, ""},
		{authz.Ref{Kind: authz.RefWorkspace, ID: "team", Workspace: "default"}, authz.WorkspaceNamed("team"), ""},
		{authz.Ref{Kind: authz.RefExperimentName, ID: "some name"}, experiment("1"), ""},
		{authz.Ref{Kind: authz.RefExperimentName, ID: "nobody"}, authz.Resource{}, authz.NoSuchExperiment},
		{authz.Ref{Kind: authz.RefRun, ID: runID}, experiment("1"), ""},
		{authz.Ref{Kind: authz.RefRun, ID: strings.Repeat("0", 32)}, authz.Resource{}, authz.UnknownResource},
		{authz.Ref{Kind: authz.RefLoggedModel, ID: modelID}, experiment("1"), ""},
		{authz.Ref{Kind: authz.RefLoggedModel, ID: "m-0"}, authz.Resource{}, authz.UnknownResource},
		{authz.Ref{Kind: authz.RefArtifactPath, ID: "x"}, authz.Resource{}, authz.AdminOnly},
		{authz.Ref{Kind: authz.RefEverything, ID: "x"}, authz.Resource{}, authz.AdminOnly},
		{authz.Ref{}, authz.Resource{}, "other"},
		{authz.Ref{Kind: authz.RefArtifactURI, ID: artifacts + "/model", Run: runID}, experiment("1"), ""},
		{authz.Ref{Kind: authz.RefArtifactURI, ID: artifacts, Run: runID}, experiment("1"), ""},
		{authz.Ref{Kind: authz.RefArtifactURI, ID: artifacts + "2", Run: runID}, authz.Resource{}, authz.InvalidParameter},
		{authz.Ref{Kind: authz.RefArtifactURI, ID: artifacts}, authz.Resource{}, authz.InvalidParameter},
		{authz.Ref{Kind: authz.RefArtifactURI, ID: "", Run: runID}, authz.Resource{}, authz.InvalidParameter},
		{authz.Ref{Kind: authz.RefArtifactURI, ID: "/etc/passwd", Run: runID, Model: modelID}, authz.Resource{}, authz.InvalidParameter},
		{authz.Ref{Kind: authz.RefArtifactURI, ID: modelArtifacts + "/MLmodel", Run: runID, Model: modelID}, experiment("1"), ""},
		{authz.Ref{Kind: authz.RefArtifactURI, ID: artifacts, Run: strings.Repeat("0", 32)}, authz.Resource{}, authz.UnknownResource},
	} {
		got, err := resolver.Resolve(context.Background(), c.ref)
		if reason(err) != c.reason || c.reason == "" && !slices.Equal(got.Resources, []authz.Resource{c.want}) {
			t.Errorf("%+v: %v, %v; want %v %s", c.ref, got, err, c.want, c.reason)
		}
	}
}

func reason(err error) authz.Reason {
	var r *authz.Refusal
	switch {
	case err == nil:
		return ""
	case errors.As(err, &r):
		return r.Reason
	default:
		return "other"
	}
}

// TestAnswersThatDoNotCount: whatever MLflow says but a plain answer about the very thing that was asked for is a failed look-up: never an
// owner, and never an unknown thing. Nothing of it is remembered.
func TestAnswersThatDoNotCount(t *testing.T) {
	bad := true
	for name, answer := range map[string]func(w http.ResponseWriter){
		"500":              func(w http.ResponseWriter) { w.WriteHeader(500) },
		"404 in HTML":      func(w http.ResponseWriter) { w.WriteHeader(404); fmt.Fprint(w, "<h1>Not found</h1>") },
		"a redirect":       func(w http.ResponseWriter) { w.Header().Set("Location", "/elsewhere"); w.WriteHeader(302) },
		"403":              func(w http.ResponseWriter) { w.WriteHeader(403); fmt.Fprint(w, `{"error_code":"PERMISSION_DENIED"}`) },
		"no JSON":          func(w http.ResponseWriter) { fmt.Fprint(w, "hello") },
		"an empty object":  func(w http.ResponseWriter) { fmt.Fprint(w, "{}") },
		"another run":      func(w http.ResponseWriter) { fmt.Fprint(w, `{"run":{"info":{"run_id":"other","experiment_id":"1"}}}`) },
		"no experiment":    func(w http.ResponseWriter) { fmt.Fprintf(w, `{"run":{"info":{"run_id":%q}}}`, runID) },
		"half an answer":   func(w http.ResponseWriter) { fmt.Fprintf(w, `{"run":{"info":{"run_id":%q,"experiment_id":"1"`, runID) },
		"a broken stream":  func(w http.ResponseWriter) { w.Header().Set("Content-Length", "99"); fmt.Fprint(w, "{") },
		"after a deadline": func(http.ResponseWriter) { time.Sleep(4 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var fails atomic.Bool
			fails.Store(bad)
			_, _, resolver := serveWithin(t, 3*time.Second, func(w http.ResponseWriter, _ *http.Request) bool {
				if fails.Load() {
					answer(w)
					return true
				}
				return false
			})
			run := authz.Ref{Kind: authz.RefRun, ID: runID}
			if got, err := resolver.Resolve(context.Background(), run); reason(err) != authz.LookupFailed {
				t.Errorf("%v, %v", got, err)
			}
			if _, err := resolver.Resolve(context.Background(), authz.Ref{Kind: authz.RefExperimentName, ID: "some name"}); reason(err) != authz.LookupFailed {
				t.Errorf("by name: %v", err)
			}
			fails.Store(false)
			if _, err := resolver.Resolve(context.Background(), run); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// TestOwnersAreRememberedNamesAreNot: a run's experiment never changes, a name's does, and what is unknown may come into being.
func TestOwnersAreRememberedNamesAreNot(t *testing.T) {
	m, _, resolver := serve(t, nil)
	for _, c := range []struct {
		ref   authz.Ref
		asked int32
	}{
		{authz.Ref{Kind: authz.RefRun, ID: runID}, 1},
		{authz.Ref{Kind: authz.RefLoggedModel, ID: modelID}, 1},
		{authz.Ref{Kind: authz.RefExperimentName, ID: "some name"}, 3},
		{authz.Ref{Kind: authz.RefRun, ID: strings.Repeat("0", 32)}, 3},
	} {
		m.asked.Store(0)
		for range 3 {
			_, _ = resolver.Resolve(context.Background(), c.ref)
		}
		if got := m.asked.Load(); got != c.asked {
			t.Errorf("%+v: MLflow was asked %d times, want %d", c.ref, got, c.asked)
		}
	}
}

// TestOneQuestionForMany: concurrent requests share a question, and one of them going away does not fail the others.
func TestOneQuestionForMany(t *testing.T) {
	release, asked := make(chan struct{}), make(chan struct{}, 10)
	m, _, resolver := serve(t, func(http.ResponseWriter, *http.Request) bool {
		asked <- struct{}{}
		<-release
		return false
	})
	run := authz.Ref{Kind: authz.RefRun, ID: runID}
	first, leave := context.WithCancel(context.Background())
	errs := make(chan error, 20)
	var waiting sync.WaitGroup
	ask := func(ctx context.Context) {
		defer waiting.Done()
		_, err := resolver.Resolve(ctx, run)
		errs <- err
	}
	waiting.Add(1)
	go ask(first)
	<-asked
	waiting.Add(9)
	for range 9 {
		go ask(context.Background())
	}
	leave()
	time.Sleep(20 * time.Millisecond)
	close(release)
	waiting.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if got := m.asked.Load(); got != 1 {
		t.Errorf("MLflow was asked %d times", got)
	}
}

// TestLearn: what a response told is not asked for, and changes nothing that is known.
func TestLearn(t *testing.T) {
	m, _, resolver := serve(t, nil)
	run := authz.Ref{Kind: authz.RefRun, ID: "fresh"}
	resolver.Learn(run, "7", "mlflow-artifacts:/7/fresh/artifacts")
	resolver.Learn(run, "8", "")
	resolver.Learn(authz.Ref{Kind: authz.RefExperiment, ID: "9"}, "8", "") // nothing to learn
	got, err := resolver.Resolve(t.Context(), run)
	if err != nil || !slices.Equal(got.Resources, []authz.Resource{authz.InDefault(authz.Experiment, "7")}) || m.asked.Load() != 0 {
		t.Errorf("%v, %v, asked %d times", got, err, m.asked.Load())
	}
	elsewhere := run
	elsewhere.Workspace = "team"
	if _, ok := resolver.owners.GetIfPresent(owned{elsewhere.Kind, elsewhere.ID, elsewhere.Workspace}); ok {
		t.Error("a run of one workspace is known in another")
	}
}

// TestMemoryIsBounded: an attacker who asks for ever new runs does not fill the memory.
func TestMemoryIsBounded(t *testing.T) {
	_, _, resolver := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		fmt.Fprintf(w, `{"run":{"info":{"run_id":%q,"experiment_id":"1"}}}`, r.URL.Query().Get("run_id"))
		return true
	})
	for i := range 1000 {
		if _, err := resolver.Resolve(context.Background(), authz.Ref{Kind: authz.RefRun, ID: fmt.Sprint("r", i)}); err != nil {
			t.Fatal(err)
		}
	}
	resolver.owners.CleanUp()
	if size := resolver.owners.EstimatedSize(); size > 100 {
		t.Errorf("%d owners are remembered", size)
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		root, location string
		want           bool
	}{
		{"s3://b/1/r/artifacts", "s3://b/1/r/artifacts/model", true},
		{"s3://b/1/r/artifacts", "s3://b/1/r/artifacts", true},
		{"s3://b/1/r/artifacts/", "s3://b/1/r/artifacts/x", true},
		{"s3://b/1/r/artifacts", "s3://b/1/r/artifacts2", false},
		{"s3://b/1/r/artifacts", "S3://b/1/r/artifacts/x", false},
		{"file:///data/1", "/data/1/x", true},
		{"/data/1", "file:///data/1/x", true},
		{"", "", false},
		{"", "/x", false},
		{"/data/1", "", false},
		{"/data/1", "/data", false},
		{"file://", "/etc", false},
	} {
		if got := within(c.root, c.location); got != c.want {
			t.Errorf("%q in %q: %v", c.location, c.root, got)
		}
	}
}

func TestNamed(t *testing.T) {
	_, client, _ := serve(t, nil)
	for _, c := range []struct {
		kind            authz.Kind
		name, id        string
		exists, altered bool
	}{
		{authz.Experiment, "some name", "1", true, false},
		{authz.Experiment, "renamed", "2", true, true},
		{authz.Experiment, "nobody", "", false, false},
		{authz.RegisteredModel, "model", "model", true, false},
		{authz.RegisteredModel, "nobody", "", false, false},
		{authz.Prompt, "prompt", "prompt", true, false},
	} {
		n, err := client.Named(context.Background(), authz.InDefault(c.kind, c.name))
		if err != nil || c.exists && n.Kind != c.kind || n.Exists != c.exists || n.ID != c.id || n.Altered != c.altered {
			t.Errorf("%s %s: %+v, %v", c.kind, c.name, n, err)
		}
		if age := time.Since(n.Asked); age < -time.Second || age > time.Minute || n.Asked.Nanosecond() != 0 {
			t.Errorf("%s %s was asked at %s", c.kind, c.name, n.Asked)
		}
		if c.exists && n.Created.Year() != 2026 {
			t.Errorf("%s %s was created at %s", c.kind, c.name, n.Created)
		}
	}
	if n, err := client.Named(context.Background(), authz.InDefault(authz.RegisteredModel, "prompt")); err != nil || n.Kind != authz.Prompt {
		t.Errorf("a prompt asked for as a registered model: %+v, %v", n, err)
	}
	if _, err := client.Named(context.Background(), authz.InDefault(authz.Run, "x")); err == nil {
		t.Error("a run is looked up by name")
	}
}

// TestQuestionsAreAskedInTheWorkspace that they are about, and name none to a server without workspaces, which would refuse them.
func TestQuestionsAreAskedInTheWorkspace(t *testing.T) {
	var got []string
	_, client, resolver := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		got = append(got, strings.Join(r.Header["X-Mlflow-Workspace"], "|"))
		fmt.Fprintf(w, `{"run":{"info":{"run_id":%q,"experiment_id":"1"}},"registered_model":{"name":"m"}}`, runID)
		return true
	})
	on, err := NewResolver(client.WithWorkspaces(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Resolver{resolver, on} {
		for _, workspace := range []string{"", "default", "team"} {
			for _, ref := range []authz.Ref{{Kind: authz.RefRun, ID: runID}, {Kind: authz.RefRegisteredModel, ID: "m"}} {
				ref.Workspace = workspace
				found, err := r.Resolve(t.Context(), ref)
				if err != nil || found.Resources[0].Workspace != cmp.Or(workspace, "default") {
					t.Errorf("%+v: %v, %v", ref, found, err)
				}
			}
		}
	}
	if want := []string{"", "", "", "", "", "", "default", "default", "default", "default", "team", "team"}; !slices.Equal(got, want) {
		t.Errorf("asked in %q, want %q", got, want)
	}
}

// TestSearchSendsTheSameParameters, in the query of a GET and in the body of a POST.
func TestSearchSendsTheSameParameters(t *testing.T) {
	var got string
	_, client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		body := make([]byte, 200)
		n, _ := r.Body.Read(body)
		got = r.Method + " " + r.URL.RequestURI() + " " + r.Header.Get("Content-Type") + " " + string(body[:n])
		fmt.Fprint(w, `{"experiments":[]}`)
		return true
	})
	params := map[string]any{"max_results": 1000, "order_by": []any{"a b", "c"}, "page_token": "x=", "ok": true}
	for method, want := range map[string]string{
		"GET":  "GET /ajax-api/2.0/mlflow/experiments/search?max_results=1000&ok=true&order_by=a+b&order_by=c&page_token=x%3D  ",
		"POST": `POST /ajax-api/2.0/mlflow/experiments/search application/json {"max_results":1000,"ok":true,"order_by":["a b","c"],"page_token":"x="}`,
	} {
		answer, err := client.Search(context.Background(), method, "/api/2.0/mlflow/experiments/search", params)
		if err != nil || string(answer) != `{"experiments":[]}` || got != want {
			t.Errorf("%s, %v\ngot  %s\nwant %s", answer, err, got, want)
		}
	}
}
