package filter_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/authz/filter"
	"extauthz/authz/mlflow"
)

// stage has runs r1 of experiment 1 and r2 of experiment 2. User 1 may read experiment 1 and the models that begin with "mine", but no
// prompt, which is what "mine-prompt" is; user 2 may read nothing. Run "lost" cannot be looked up.
type stage struct{ asked int }

func (s *stage) Resolve(_ context.Context, ref authz.Ref) (authz.Resolution, error) {
	switch {
	case ref.Kind == authz.RefExperiment:
		return authz.Governed(authz.InDefault(authz.Experiment, ref.ID)), nil
	case ref.Kind == authz.RefRun && (ref.ID == "r1" || ref.ID == "r2"):
		return authz.Governed(authz.InDefault(authz.Experiment, ref.ID[1:])), nil
	case ref.Kind == authz.RefRegisteredModel && ref.ID == "mine-prompt":
		return authz.Governed(ref.In(authz.Prompt, ref.ID)), nil
	case ref.Kind == authz.RefRegisteredModel:
		return authz.Governed(ref.In(authz.RegisteredModel, ref.ID)), nil
	case ref.ID == "lost":
		return authz.Resolution{}, authz.Refuse(authz.LookupFailed, "MLflow is down")
	case ref.Kind == authz.RefEverything:
		return authz.Resolution{}, authz.Refuse(authz.AdminOnly, "no scope")
	default:
		return authz.Resolution{}, authz.Refuse(authz.UnknownResource, "no such run")
	}
}

func (s *stage) Meets(_ context.Context, p authz.Principal, need authz.Need, r authz.Resource) (authz.Check, error) {
	s.asked++
	if r.ID == "mine-broken" {
		return authz.Check{}, errors.New("the store is gone")
	}
	own := r.Kind == authz.Experiment && r.ID == "1" || r.Kind == authz.RegisteredModel && strings.HasPrefix(r.ID, "mine")
	return authz.Check{Met: p.UserID == 1 && need.Action == authz.CanRead && own}, nil
}

const withheld = "withheld"

const failedText = `["MLflow failed on a part of this query. Its message is withheld, since another part needs permissions that you lack."]`

// graphQLAnswers are MLflow's answers, and what the user who may read experiment 1 sees of them.
var graphQLAnswers = []struct{ name, query, answer, want string }{
	{
		"owner", `{mlflowGetRun(input: {runId: "r1"}) {run {info {runId}}}}`,
		`{"data":{"mlflowGetRun":{"run":{"info":{"runId":"r1"}}}},"errors":null}`,
		`{"data":{"mlflowGetRun":{"run":{"info":{"runId":"r1"}}}},"errors":null}`,
	},
	{
		"denied", `{mlflowGetRun(input: {runId: "r2"}) {run {info {runId}}}}`,
		`{"data":{"mlflowGetRun":{"run":{"info":{"runId":"r2"}}}},"errors":null}`, `{"data":{"mlflowGetRun":null},"errors":null}`,
	},
	{
		"unknown looks like denied", `{mlflowGetRun(input: {runId: "r3"}) {run {info {runId}}}}`,
		`{"data":{"mlflowGetRun":null},"errors":["Run with id=r3 not found"]}`, `{"data":{"mlflowGetRun":null},"errors":null}`,
	},
	{
		"an error of what may be read", `{mlflowGetRun(input: {runId: "r1"}) {run {info {runId}}}}`,
		`{"data":{"mlflowGetRun":null},"errors":["the database is down"]}`, `{"data":{"mlflowGetRun":null},"errors":["the database is down"]}`,
	},
	{
		"an error beside what is denied", `{a: mlflowGetRun(input: {runId: "r1"}) {apiError {code}} b: mlflowGetRun(input: {runId: "r2"}) {apiError {code}}}`,
		`{"data":{"a":null,"b":null},"errors":["r1: down","r2 in experiment secret: down"]}`, `{"data":{"a":null,"b":null},"errors":` + failedText + `}`,
	},
	{
		"no data", `{mlflowGetRun(input: {runId: "r2"}) {apiError {code}}}`,
		`{"data":null,"errors":["secret"]}`, `{"data":null,"errors":` + failedText + `}`,
	},
	{
		"errors before data", `{mlflowGetRun(input: {runId: "r2"}) {apiError {code}}}`,
		`{"errors":["secret"],"data":{"mlflowGetRun":null}}`, `{"errors":null,"data":{"mlflowGetRun":null}}`,
	},
	{
		"alias", `{a: mlflowGetRun(input: {runId: "r1"}) {run {info {runId}}} mlflowGetExperiment: mlflowGetRun(input: {runId: "r2"}) {apiError {code}}}`,
		`{"data":{"a":{"run":{"info":{"runId":"r1"}}},"mlflowGetExperiment":{"apiError":null}},"errors":null}`,
		`{"data":{"a":{"run":{"info":{"runId":"r1"}}},"mlflowGetExperiment":null},"errors":null}`,
	},
	{
		"alias that needs an escape in JSON", `{a: test {output}}`, `{"data":{"\u0061":{"output":"é\ud83d\ude00"}},"errors":null}`,
		`{"data":{"a":{"output":"é\ud83d\ude00"}},"errors":null}`,
	},
	{
		"one run of several is denied", `{mlflowGetMetricHistoryBulkInterval(input: {runIds: ["r1", "r2"]}) {metrics {key}}}`,
		`{"data":{"mlflowGetMetricHistoryBulkInterval":{"metrics":[{"key":"m"}]}},"errors":null}`,
		`{"data":{"mlflowGetMetricHistoryBulkInterval":null},"errors":null}`,
	},
	{
		"one experiment of several is denied", `{mlflowSearchRuns(input: {experimentIds: ["1", "2"]}) {runs {info {runId}}}}`,
		`{"data":{"mlflowSearchRuns":{"runs":[{"info":{"runId":"r1"}}]}},"errors":null}`, `{"data":{"mlflowSearchRuns":null},"errors":null}`,
	},
	{
		"all experiments", `{mlflowSearchRuns(input: {}) {runs {info {runId}}}}`,
		`{"data":{"mlflowSearchRuns":{"runs":[{"info":{"runId":"r1"}}]}},"errors":null}`, `{"data":{"mlflowSearchRuns":null},"errors":null}`,
	},
	{
		"versions of a run", `{mlflowGetRun(input: {runId: "r1"}) {run {modelVersions {name version}}}}`,
		`{"data":{"mlflowGetRun":{"run":{"modelVersions":[{"name":"mine","version":"1"},{"name":"theirs","version":"2"}]}}},"errors":["theirs: odd"]}`,
		`{"data":{"mlflowGetRun":{"run":{"modelVersions":[{"name":"mine","version":"1"}]}}},"errors":null}`,
	},
	{
		"versions of every run found", `{s: mlflowSearchRuns(input: {experimentIds: ["1"]}) {r: runs {info {runId} v: modelVersions {n: name}}}}`,
		`{"data":{"s":{"r":[{"info":{"runId":"r1"},"v":[{"n":"theirs"}]},{"info":{"runId":"r4"},"v":null},{"info":null,"v":[{"n":"mine-2"}]}]}},"errors":null}`,
		`{"data":{"s":{"r":[{"info":{"runId":"r1"},"v":[]},{"info":{"runId":"r4"},"v":null},{"info":null,"v":[{"n":"mine-2"}]}]}},"errors":null}`,
	},
	{
		"versions found", `{mlflowSearchModelVersions(input: {}) {modelVersions {name} nextPageToken}}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":[{"name":"theirs"},{"name":"mine"}],"nextPageToken":"x"}},"errors":null}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":[{"name":"mine"}],"nextPageToken":null}},"errors":null}`,
	},
	{
		"the token of versions under another key", `{mlflowSearchModelVersions(input: {}) {modelVersions: nextPageToken ...F}} fragment F on MlflowSearchModelVersionsResponse {t: nextPageToken}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":"x","t":"x"}},"errors":null}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":null,"t":null}},"errors":null}`,
	},
	{
		"the token of runs, none of which is hidden", `{mlflowSearchRuns(input: {experimentIds: ["1"], maxResults: 1, pageToken: "w"}) {nextPageToken}}`,
		`{"data":{"mlflowSearchRuns":{"nextPageToken":"x"}},"errors":null}`, `{"data":{"mlflowSearchRuns":{"nextPageToken":"x"}},"errors":null}`,
	},
	{
		"versions without names", `{mlflowSearchModelVersions(input: {}) {modelVersions {version}}}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":[{"version":"1"}]}},"errors":null}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":null}},"errors":null}`,
	},
	{
		"another field called name", `{mlflowSearchModelVersions(input: {}) {modelVersions {name: description source}}}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":[{"name":"mine","source":"s3://theirs"}]}},"errors":null}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":null}},"errors":null}`,
	},
	{
		"names swapped", `{mlflowSearchModelVersions(input: {}) {modelVersions {name: description description: name}}}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":[{"name":"mine","description":"theirs"},{"name":"x","description":"mine"}]}},"errors":null}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":[{"name":"x","description":"mine"}]}},"errors":null}`,
	},
	{
		"name skipped", `{mlflowSearchModelVersions(input: {}) {modelVersions {name @skip(if: true) version}}}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":[{"version":"1"}]}},"errors":null}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":null}},"errors":null}`,
	},
	{
		"null name", `{mlflowSearchModelVersions(input: {}) {modelVersions {name}}}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":[{"name":null},{"name":"mine"}]}},"errors":null}`,
		`{"data":{"mlflowSearchModelVersions":{"modelVersions":null}},"errors":null}`,
	},
	{
		"versions by two fragments", `{mlflowGetRun(input: {runId: "r1"}) {run {...A ...B}}} fragment A on MlflowRunExtension {modelVersions {source}} fragment B on MlflowRunExtension {modelVersions {name}}`,
		`{"data":{"mlflowGetRun":{"run":{"modelVersions":[{"source":"s","name":"theirs"}]}}},"errors":null}`,
		`{"data":{"mlflowGetRun":{"run":{"modelVersions":[]}}},"errors":null}`,
	},
	{
		"skipped field", `{a: mlflowGetRun(input: {runId: "r2"}) @skip(if: true) {apiError {code}} b: mlflowGetRun(input: {runId: "r1"}) {apiError {code}}}`,
		`{"data":{"b":{"apiError":null}},"errors":null}`, `{"data":{"b":{"apiError":null}},"errors":null}`,
	},
	{"lookup failed", `{mlflowGetRun(input: {runId: "lost"}) {apiError {code}}}`, `{"data":{"mlflowGetRun":{"apiError":null}},"errors":null}`, withheld},
	{"store failed", `{mlflowSearchModelVersions {modelVersions {name}}}`, `{"data":{"mlflowSearchModelVersions":{"modelVersions":[{"name":"mine-broken"}]}}}`, withheld},
	{"a field not asked for", `{a: test {output}}`, `{"data":{"a":null,"mlflowGetRun":{}},"errors":null}`, withheld},
	{"a member not known", `{a: test {output}}`, `{"data":{"a":null},"extensions":{}}`, withheld},
	{"data twice", `{a: test {output}}`, `{"data":{"a":null},"data":{"a":1}}`, withheld},
	{"versions are no list", `{mlflowSearchModelVersions {modelVersions {name}}}`, `{"data":{"mlflowSearchModelVersions":{"modelVersions":{"name":"mine"}}}}`, withheld},
	{"a version is a string", `{mlflowSearchModelVersions {modelVersions {name}}}`, `{"data":{"mlflowSearchModelVersions":{"modelVersions":["theirs"]}}}`, withheld},
	{"a string above versions", `{mlflowSearchModelVersions {modelVersions {name}}}`, `{"data":{"mlflowSearchModelVersions":"theirs"}}`, withheld},
	{"data is a list", `{a: test {output}}`, `{"data":[{"a":1}]}`, withheld},
	{"something follows", `{a: test {output}}`, `{"data":{"a":null}} {}`, withheld},
	{"no JSON", `{a: test {output}}`, `<html>`, withheld},
	{"nothing", `{a: test {output}}`, ``, withheld},
}

func TestGraphQLAnswers(t *testing.T) {
	for _, c := range graphQLAnswers {
		t.Run(c.name, func(t *testing.T) {
			if got := answered(t, 1, c.query, "", "", c.answer); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestGraphQLQueriesOfTheUI: of the web UI's own queries the owner sees everything, somebody else a null.
func TestGraphQLQueriesOfTheUI(t *testing.T) {
	for name, c := range map[string]struct{ variables, field, value string }{
		"GetRun":                       {`{"data": {"runId": "r1"}}`, "mlflowGetRun", `{"apiError":null,"run":{"modelVersions":[{"status":"READY","name":"mine"}]}}`},
		"SearchRuns":                   {`{"data": {"experimentIds": ["1"]}}`, "mlflowSearchRuns", `{"apiError":null,"runs":[{"modelVersions":[]}]}`},
		"MlflowGetExperimentQuery":     {`{"input": {"experimentId": "1"}}`, "mlflowGetExperiment", `{"apiError":null,"experiment":{"name":"e"}}`},
		"GetMetricHistoryBulkInterval": {`{"data": {"runIds": ["r1"]}}`, "mlflowGetMetricHistoryBulkInterval", `{"metrics":[{"value":1.50}]}`},
	} {
		text, err := os.ReadFile("../mlflow/testdata/graphql/" + name + ".graphql")
		if err != nil {
			t.Fatal(err)
		}
		answer := `{"data":{"` + c.field + `":` + c.value + `},"errors":null}`
		if got := answered(t, 1, string(text), c.variables, name, answer); got != answer {
			t.Errorf("%s: the owner sees %s", name, got)
		}
		if got := answered(t, 2, string(text), c.variables, name, answer); got != `{"data":{"`+c.field+`":null},"errors":null}` {
			t.Errorf("%s: another user sees %s", name, got)
		}
	}
}

// TestGraphQLJudgesAModelOnce: an answer with many versions of one model asks the store once.
func TestGraphQLJudgesAModelOnce(t *testing.T) {
	query := graphQLQuery(t, `{mlflowSearchModelVersions {modelVersions {name}}}`, "", "")
	rows := strings.Repeat(`{"name":"mine"},{"name":"mine-prompt"},`, 1000) + `{"name":"theirs"}`
	var s stage
	g := &filter.GraphQL{Resolver: &s, Decider: &s}
	got, err := g.Answer(t.Context(), authz.Principal{UserID: 1}, query, nil, []byte(`{"data":{"mlflowSearchModelVersions":{"modelVersions":[`+rows+`]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(got), `"mine"`); n != 1000 || strings.Contains(string(got), "prompt") {
		t.Errorf("%d versions of mine in %s", n, got)
	}
	if s.asked != 3+3+2 { // as a model, as a prompt, and for the two where that differs as what it is
		t.Errorf("asked %d times", s.asked)
	}
}

// TestGraphQLZeroFieldIsDenied: a field that nobody said anything about is not shown.
func TestGraphQLZeroFieldIsDenied(t *testing.T) {
	var s stage
	g := &filter.GraphQL{Resolver: &s, Decider: &s}
	q := &mlflow.Query{Fields: []mlflow.QueryField{{Key: "a"}}}
	got, err := g.Answer(t.Context(), authz.Principal{UserID: 1}, q, nil, []byte(`{"data":{"a":"secret"},"errors":null}`))
	if err != nil || string(got) != `{"data":{"a":null},"errors":null}` {
		t.Errorf("%s, %v", got, err)
	}
}

func answered(t *testing.T, userID uint64, query, variables, operation, answer string) string {
	t.Helper()
	var s stage
	g := &filter.GraphQL{Resolver: &s, Decider: &s}
	body, err := g.Answer(t.Context(), authz.Principal{UserID: userID}, graphQLQuery(t, query, variables, operation), nil, []byte(answer))
	if err != nil {
		return withheld
	}
	return string(body)
}

// graphQLQuery sends the query through the route table, as the check does, and reads it back as the response filter does.
func graphQLQuery(t *testing.T, query, variables, operation string) *mlflow.Query {
	t.Helper()
	table, err := mlflow.New(mlflow.Server{})
	if err != nil {
		t.Fatal(err)
	}
	params := map[string]any{"query": query}
	if variables != "" {
		params["variables"], params["operationName"] = json.RawMessage(variables), operation
	}
	body, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	op, err := table.Map(authz.Request{
		Method: "POST", Target: "/graphql", Body: body,
		Headers: authz.Headers{"content-type": {"application/json"}, "content-length": {strconv.Itoa(len(body))}},
	})
	if err != nil {
		t.Fatal(err)
	}
	q, err := table.Query(op.Params, op.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestGraphQLMentions: what a run or a version says of denied models and runs is null, under whatever alias, and there for everybody else.
func TestGraphQLMentions(t *testing.T) {
	const query = `{run: mlflowGetRun(input:{runId:"r1"}) {run {
		inputs {in: modelInputs {modelId}} outputs {modelOutputs {modelId}} data {metrics {key of: modelId}}
		modelVersions {name from: runId runLink ...rest}}}} fragment rest on MlflowModelVersion {modelId modelParams {value}}`
	const body = `{"data":{"run":{"run":{"inputs":{"in":[{"modelId":"m"}]},"outputs":{"modelOutputs":[{"modelId":"m"}]},"data":{"metrics":[{"key":"a","of":"m"}]},` +
		`"modelVersions":[{"name":"mine","from":"r","runLink":"l","modelId":"m","modelParams":[{"value":"v"}]}]}}}}`
	s := &stage{}
	g := &filter.GraphQL{Resolver: s, Decider: s}
	for _, c := range []struct {
		withheld []authz.Kind
		want     string
	}{
		{nil, body},
		{[]authz.Kind{authz.Run}, strings.NewReplacer(`"from":"r"`, `"from":null`, `"runLink":"l"`, `"runLink":null`).Replace(body)},
		{
			[]authz.Kind{authz.LoggedModel},
			`{"data":{"run":{"run":{"inputs":{"in":null},"outputs":{"modelOutputs":null},"data":{"metrics":[{"key":"a","of":null}]},` +
				`"modelVersions":[{"name":"mine","from":"r","runLink":"l","modelId":null,"modelParams":null}]}}}}`,
		},
	} {
		got, err := g.Answer(t.Context(), authz.Principal{UserID: 1}, graphQLQuery(t, query, "", ""), c.withheld, []byte(body))
		if err != nil || string(got) != c.want {
			t.Errorf("without %v:\n%s %v\nwant\n%s", c.withheld, got, err, c.want)
		}
	}
}
