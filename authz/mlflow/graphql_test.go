package mlflow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// graphQLScenes are queries and what their root fields need: "key: needs" each, "?" where rows of model versions are filtered below. A
// reason alone is a refusal. Variables and operationName are JSON; "" sends none.
var graphQLScenes = []struct{ name, query, variables, operation, want string }{
	{"shorthand", `{mlflowGetRun(input: {runId: "r1"}) {run {info {runId}}}}`, "", "", "mlflowGetRun: run r1"},
	{"the older name of a run's id", `{mlflowGetRun(input: {runUuid: "r1"}) {run {info {runId}}}}`, "", "", "mlflowGetRun: run r1"},
	{"both names", `{mlflowGetRun(input: {runId: "r1", runUuid: "r1"}) {apiError {code}}}`, "", "", "mlflowGetRun: run r1"},
	{"both names that differ", `{mlflowGetRun(input: {runId: "r1", runUuid: "r2"}) {apiError {code}}}`, "", "", "invalid_parameter"},
	{"no id", `{mlflowGetRun(input: {}) {apiError {code}}}`, "", "", "invalid_parameter"},
	{"no input", `{mlflowGetRun {apiError {code}}}`, "", "", "invalid_parameter"},
	{"null input", `{mlflowGetRun(input: null) {apiError {code}}}`, "", "", "invalid_parameter"},
	{"empty id", `{mlflowGetRun(input: {runId: ""}) {apiError {code}}}`, "", "", "invalid_parameter"},
	{"id that is not canonical", `{mlflowGetExperiment(input: {experimentId: "02"}) {apiError {code}}}`, "", "", "invalid_parameter"},
	{"id that is a number", `{mlflowGetExperiment(input: {experimentId: 2}) {apiError {code}}}`, "", "", "unmapped_route"},
	{"id that is a number in a variable", `query($v: String) {mlflowGetExperiment(input: {experimentId: $v}) {apiError {code}}}`, `{"v": 2}`, "", "invalid_parameter"},
	{"files", `{mlflowListArtifacts(input: {runId: "r1", path: "a"}) {files {path}}}`, "", "", "mlflowListArtifacts: run r1"},
	{"several runs", `{mlflowGetMetricHistoryBulkInterval(input: {runIds: ["r1", "r2"]}) {metrics {key}}}`, "", "", "mlflowGetMetricHistoryBulkInterval: run r1, run r2"},
	{"no runs", `{mlflowGetMetricHistoryBulkInterval(input: {runIds: []}) {metrics {key}}}`, "", "", "mlflowGetMetricHistoryBulkInterval: everything by runIds"},
	{"null among runs", `{mlflowGetMetricHistoryBulkInterval(input: {runIds: ["r1", null]}) {metrics {key}}}`, "", "", "invalid_parameter"},
	{"one instead of a list", `{mlflowSearchRuns(input: {experimentIds: "1"}) {runs {info {runId}}}}`, "", "", "mlflowSearchRuns: everything by experimentIds"},
	{"several experiments", `{mlflowSearchRuns(input: {experimentIds: ["1", "2"]}) {runs {info {runId}}}}`, "", "", "mlflowSearchRuns: experiment 1, experiment 2"},
	{"all experiments", `{mlflowSearchRuns(input: {}) {runs {info {runId}}}}`, "", "", "mlflowSearchRuns: everything by experimentIds"},
	{"model versions", `{mlflowSearchModelVersions(input: {}) {modelVersions {name}}}`, "", "", "mlflowSearchModelVersions: ?"},
	{"a page of model versions", `{mlflowSearchModelVersions(input: {maxResults: 1}) {modelVersions {name}}}`, "", "", "unmapped_route"},
	{"the next page of model versions", `{mlflowSearchModelVersions(input: {pageToken: "x"}) {modelVersions {name}}}`, "", "", "unmapped_route"},
	{"a page of model versions in a variable", `query($v: MlflowSearchModelVersionsInput) {mlflowSearchModelVersions(input: $v) {modelVersions {name}}}`, `{"v": {"pageToken": "x"}}`, "", "unmapped_route"},
	{"model versions with null for a page", `query($t: String) {mlflowSearchModelVersions(input: {pageToken: $t, orderBy: ["name"]}) {modelVersions {name}}}`, `{"t": null}`, "", "mlflowSearchModelVersions: ?"},
	{"echo", `{test(inputString: "x") {output}}`, "", "", "test:"},
	{"typename", `{__typename}`, "", "", "__typename:"},
	{"comments and commas", "# one\n{ # mlflowGetRun(input: {runId: \"r1\"})\r\n\tmlflowGetRun(input: {runId: \"r2\",,}) {apiError {code}}}", "", "", "mlflowGetRun: run r2"},

	{"alias", `{mlflowGetExperiment: mlflowGetRun(input: {runId: "r1"}) {apiError {code}}}`, "", "", "mlflowGetExperiment: run r1"},
	{"aliases", `{a: mlflowGetRun(input: {runId: "r1"}) {apiError {code}} b: mlflowGetRun(input: {runId: "r2"}) {apiError {code}}}`, "", "", "a: run r1; b: run r2"},
	{"fragment", `query {...F} fragment F on Query {a: mlflowGetRun(input: {runId: "r1"}) {apiError {code}}}`, "", "", "a: run r1"},
	{"inline fragments", `{... {... on Query {a: mlflowGetRun(input: {runId: "r1"}) {apiError {code}}}}}`, "", "", "a: run r1"},
	{"fragment beside a field", `{__typename ...F} fragment F on Query {...G} fragment G on Query {a: mlflowGetRun(input: {runId: "r1"}) {apiError {code}}}`, "", "", "__typename: ; a: run r1"},
	{"fragment in a cycle", `{...F} fragment F on Query {...G} fragment G on Query {...F}`, "", "", "invalid_parameter"},
	{"fragment in itself below a field", `{mlflowGetRun(input: {runId: "r1"}) {run {...F}}} fragment F on MlflowRunExtension {modelVersions {name} ...F}`, "", "", "invalid_parameter"},
	{"cycle of fragments that nobody spreads", `{__typename} fragment F on Query {...F}`, "", "", "invalid_parameter"},
	{"two fragments of a name", `{...F} fragment F on Query {__typename} fragment F on Query {mlflowGetRun(input: {runId: "r1"}) {apiError {code}}}`, "", "", "ambiguous_body"},
	{"no such fragment", `{...F}`, "", "", "ambiguous_body"},

	{"variable", `query($id: String) {mlflowGetRun(input: {runId: $id}) {apiError {code}}}`, `{"id": "r1", "other": "r2"}`, "", "mlflowGetRun: run r1"},
	{"default", `query($id: String = "r1") {mlflowGetRun(input: {runId: $id}) {apiError {code}}}`, "", "", "mlflowGetRun: run r1"},
	{"default overridden", `query($id: String = "r1") {mlflowGetRun(input: {runId: $id}) {apiError {code}}}`, `{"id": "r2"}`, "", "mlflowGetRun: run r2"},
	{"default overridden by null", `query($id: String = "r1") {mlflowGetRun(input: {runId: $id}) {apiError {code}}}`, `{"id": null}`, "", "invalid_parameter"},
	{"default of the whole input", `query($i: MlflowGetRunInput = {runId: "r1"}) {mlflowGetRun(input: $i) {apiError {code}}}`, `{"x": 1}`, "", "mlflowGetRun: run r1"},
	{"whole input", `query($i: MlflowGetRunInput!) {mlflowGetRun(input: $i) {apiError {code}}}`, `{"i": {"runUuid": "r1"}}`, "", "mlflowGetRun: run r1"},
	{"whole input as a string", `query($i: MlflowGetRunInput!) {mlflowGetRun(input: $i) {apiError {code}}}`, `{"i": "r1"}`, "", "invalid_parameter"},
	{"whole input in snake case", `query($i: MlflowGetRunInput!) {mlflowGetRun(input: $i) {apiError {code}}}`, `{"i": {"runId": "r1", "run_id": "r2"}}`, "", "unmapped_route"},
	{"variable in a list", `query($id: String) {mlflowSearchRuns(input: {experimentIds: ["1", $id]}) {runs {info {runId}}}}`, `{"id": "2"}`, "", "mlflowSearchRuns: experiment 1, experiment 2"},
	{"list in a variable", `query($ids: [String]) {mlflowSearchRuns(input: {experimentIds: $ids}) {runs {info {runId}}}}`, `{"ids": ["2"]}`, "", "mlflowSearchRuns: experiment 2"},
	{"variable missing from a list", `query($id: String) {mlflowSearchRuns(input: {experimentIds: ["1", $id]}) {runs {info {runId}}}}`, "", "", "invalid_parameter"},
	{"variable that is not declared", `{mlflowGetRun(input: {runId: $id}) {apiError {code}}}`, `{"id": "r1"}`, "", "ambiguous_body"},
	{"variable declared twice", `query($id: String = "r1", $id: String = "r2") {mlflowGetRun(input: {runId: $id}) {apiError {code}}}`, "", "", "ambiguous_body"},
	{"variables as a list", `{__typename}`, `[]`, "", "invalid_parameter"},
	{"variables as a string", `{__typename}`, `"{}"`, "", "invalid_parameter"},
	{"null variables", `{__typename}`, `null`, "", "__typename:"},

	{"the operation that is named", `query A {a: mlflowGetRun(input: {runId: "r1"}) {apiError {code}}} query B {b: mlflowGetRun(input: {runId: "r2"}) {apiError {code}}}`, "", `"B"`, "b: run r2"},
	{"no operation is named", `query A {__typename} query B {__typename}`, "", "", "ambiguous_body"},
	{"another operation is named", `query A {__typename}`, "", `"B"`, "ambiguous_body"},
	{"the empty name", `{__typename}`, "", `""`, "ambiguous_body"},
	{"null for a name", `query A {__typename}`, "", `null`, "__typename:"},
	{"two operations of a name", `query A {__typename} query A {mlflowGetRun(input: {runId: "r1"}) {apiError {code}}}`, "", `"A"`, "ambiguous_body"},
	{"a list of names", `query A {__typename}`, "", `["A"]`, "invalid_parameter"},
	{"default of the other operation, by a shared fragment", `query A($id: String = "r1") {...F} query B($id: String = "r2") {...F} fragment F on Query {mlflowGetRun(input: {runId: $id}) {apiError {code}}}`, "", `"A"`, "mlflowGetRun: run r1"},
	{"default of the other operation alone", `query A($id: String) {...F} query B($id: String = "r2") {...F} fragment F on Query {mlflowGetRun(input: {runId: $id}) {apiError {code}}}`, "", `"A"`, "invalid_parameter"},

	{"one key twice", `{mlflowGetRun(input: {runId: "r1"}) {apiError {code}} mlflowGetRun(input: {runId: "r1"}) {run {modelVersions {name}}}}`, "", "", "mlflowGetRun: run r1, run r1 ?"},
	{"one key for two runs", `{mlflowGetRun(input: {runId: "r1"}) {apiError {code}} mlflowGetRun(input: {runId: "r2"}) {apiError {code}}}`, "", "", "ambiguous_body"},
	{"one key for two fields", `{a: __typename a: mlflowGetRun(input: {runId: "r2"}) {apiError {code}}}`, "", "", "ambiguous_body"},
	{"one key for two runs by a fragment", `{...F mlflowGetRun(input: {runId: "r1"}) {apiError {code}}} fragment F on Query {mlflowGetRun(input: {runId: "r2"}) {apiError {code}}}`, "", "", "ambiguous_body"},
	{"input twice", `{mlflowGetRun(input: {runId: "r1"}, input: {runId: "r2"}) {apiError {code}}}`, "", "", "ambiguous_body"},
	{"id twice", `{mlflowGetRun(input: {runId: "r1", runId: "r2"}) {apiError {code}}}`, "", "", "ambiguous_body"},

	{"skip and include change nothing", `query($t: Boolean!) {a: mlflowGetRun(input: {runId: "r1"}) @skip(if: $t) {apiError {code}} b: mlflowGetRun(input: {runId: "r2"}) @include(if: $t) {apiError {code}}}`, `{"t": true}`, "", "a: run r1; b: run r2"},
	{"a directive nobody knows", `{__typename @defer}`, "", "", "unmapped_route"},
	{"mutation", `mutation {mlflowSearchRuns(input: {experimentIds: ["1"]}) {runs {info {runId}}}}`, "", "", "unmapped_route"},
	{"subscription", `subscription {__typename}`, "", "", "ambiguous_body"},
	{"introspection", `{__schema {types {name}}}`, "", "", "unmapped_route"},
	{"introspection of a type", `{__type(name: "Query") {name}}`, "", "", "unmapped_route"},
	{"a field of a newer MLflow", `{mlflowGetEverything {x}}`, "", "", "unmapped_route"},
	{"a nested field of a newer MLflow", `{mlflowGetRun(input: {runId: "r1"}) {run {neighbours {id}}}}`, "", "", "unmapped_route"},
	{"an argument of a newer MLflow", `{mlflowGetRun(other: {runId: "r1"}) {apiError {code}}}`, "", "", "unmapped_route"},
	{"unknown beside a conflict", `{x {y} a: __typename a: test {output}}`, "", "", "ambiguous_body"},

	{"nothing", ``, "", "", "invalid_parameter"},
	{"no GraphQL", `{ bogus`, "", "", "ambiguous_body"},
	{"schema definition", `type Query {a: Int}`, "", "", "ambiguous_body"},
	{"escape", `{mlflowGetRun(input: {runId: "r\u0031"}) {apiError {code}}}`, "", "", "ambiguous_body"},
	{"escape in braces", `{mlflowGetRun(input: {runId: "r\u{31}"}) {apiError {code}}}`, "", "", "ambiguous_body"},
	{"block string", `{mlflowGetRun(input: {runId: """r1"""}) {apiError {code}}}`, "", "", "ambiguous_body"},
	{"a line end that only some parsers see", "{mlflowGetRun(input: {runId: \"r1\" #\r runUuid: \"r2\"\n}) {apiError {code}}}", "", "", "ambiguous_body"},
	{"byte order mark", "\ufeff{__typename}", "", "", "ambiguous_body"},
	{"letters beyond ASCII", `{test(inputString: "é") {output}}`, "", "", "ambiguous_body"},
	{"NUL", "{__typename\x00}", "", "", "ambiguous_body"},
	{"deep selection", strings.Repeat("{a", 500) + strings.Repeat("}", 500), "", "", "invalid_parameter"},
	{"deep value", `{test(inputString: ` + strings.Repeat("[", 1500) + strings.Repeat("]", 1500) + `) {output}}`, "", "", "ambiguous_body"},
	{"long", `{__typename` + strings.Repeat(" ", 40_000) + `}`, "", "", "invalid_parameter"},
	{"many tokens", `{test(inputString: ` + strings.Repeat("[", 400) + strings.Repeat("1 ", 5000) + strings.Repeat("]", 400) + `) {output}}`, "", "", "ambiguous_body"},
	{"many roots", `{` + many(11, "a%d: __typename ") + `}`, "", "", "invalid_parameter"},
	{"many fields", `{` + many(251, "__typename #%d\n") + `}`, "", "", "invalid_parameter"},
	{"fragments that double", `{...F0} ` + many(9, "fragment F%[1]d on Query {...F%[2]d ...F%[2]d} ") + `fragment F9 on Query {__typename}`, "", "", "invalid_parameter"},
}

func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "[2]") {
			fmt.Fprintf(&b, format, i, i+1)
		} else {
			fmt.Fprintf(&b, format, i)
		}
	}
	return b.String()
}

func TestGraphQLScenes(t *testing.T) {
	table := graphQLTable(t)
	for _, s := range graphQLScenes {
		t.Run(s.name, func(t *testing.T) {
			op, err := table.Map(graphQLRequest(graphQLBody(s.query, s.variables, s.operation)))
			if got := graphQLOutcome(t, table, op, err); got != s.want {
				t.Errorf("got %s, want %s (%v)", got, s.want, err)
			}
		})
	}
}

// TestGraphQLQueriesOfTheUI: testdata/graphql holds the queries in the web UI of MLflow 3.17.2, as its scripts have them.
func TestGraphQLQueriesOfTheUI(t *testing.T) {
	table := graphQLTable(t)
	for name, c := range map[string]struct{ variables, want string }{
		"GetRun":                       {`{"data": {"runId": "r1"}}`, "mlflowGetRun: run r1 ?"},
		"SearchRuns":                   {`{"data": {"filter": "", "experimentIds": ["1"]}}`, "mlflowSearchRuns: experiment 1 ?"},
		"MlflowGetExperimentQuery":     {`{"input": {"experimentId": "1"}}`, "mlflowGetExperiment: experiment 1"},
		"GetMetricHistoryBulkInterval": {`{"data": {"runIds": ["r1", "r2"], "metricKey": "é", "maxResults": 320}}`, "mlflowGetMetricHistoryBulkInterval: run r1, run r2"},
	} {
		text, err := os.ReadFile("testdata/graphql/" + name + ".graphql")
		if err != nil {
			t.Fatal(err)
		}
		op, err := table.Map(graphQLRequest(graphQLBody(string(text), c.variables, strconv.Quote(name))))
		if got := graphQLOutcome(t, table, op, err); got != c.want {
			t.Errorf("%s: got %s, want %s (%v)", name, got, c.want, err)
		}
	}
}

// TestGraphQLBodies: what is no single object with a query is refused like any other JSON body.
func TestGraphQLBodies(t *testing.T) {
	table := graphQLTable(t)
	for body, want := range map[string]authz.Reason{
		`[{"query": "{__typename}"}]`:                            authz.AmbiguousBody,
		`"{\"query\": \"{__typename}\"}"`:                        authz.AmbiguousBody,
		`{"query": "{__typename}", "query": "{__typename}"}`:     authz.AmbiguousBody,
		`{"query": "{__typename}", "qu\u0065ry": "{}"}`:          authz.AmbiguousBody,
		`{"query": "{__typename}"} {}`:                           authz.AmbiguousBody,
		`{"query": "{__typename}", "Query": "{}"}`:               authz.AmbiguousBody,
		`{"query": "{__typename}", "operation_name": "A"}`:       authz.AmbiguousBody,
		`{"query": ["{__typename}"]}`:                            authz.InvalidParameter,
		`{"query": null}`:                                        authz.InvalidParameter,
		`{}`:                                                     authz.InvalidParameter,
		`{"query": "{__typename}", "extensions": {"hash": "x"}}`: "",
	} {
		op, err := table.Map(graphQLRequest(body))
		if got := graphQLOutcome(t, table, op, err); got != string(want) && !(want == "" && err == nil) {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	r := graphQLRequest(`{"query": "{__typename}"}`)
	r.Target += "?query={a}"
	if _, err := table.Map(r); err == nil {
		t.Error("a query string beside the body is accepted")
	}
	if _, err := table.Map(authz.Request{Method: "GET", Target: "/graphql"}); graphQLReason(err) != authz.UnmappedRoute {
		t.Errorf("GET: %v", err)
	}
}

func graphQLTable(t testing.TB) *mlflow.Table {
	t.Helper()
	table, err := mlflow.New(mlflow.Server{})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func graphQLBody(query, variables, operation string) string {
	quoted, _ := json.Marshal(query)
	body := `{"query":` + string(quoted)
	if variables != "" {
		body += `,"variables":` + variables
	}
	if operation != "" {
		body += `,"operationName":` + operation
	}
	return body + "}"
}

func graphQLRequest(body string) authz.Request {
	return authz.Request{
		Method: "POST", Target: "/graphql", Body: []byte(body),
		Headers: authz.Headers{"content-type": {"application/json"}, "content-length": {strconv.Itoa(len(body))}},
	}
}

func graphQLReason(err error) authz.Reason {
	var r *authz.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}

// graphQLOutcome renders what the response filter will read from the operation.
func graphQLOutcome(t *testing.T, table *mlflow.Table, op authz.Operation, err error) string {
	t.Helper()
	if op.Name != "GraphQL" || op.Access != authz.AccessAuthenticated || op.Response != authz.Filters || len(op.Needs) > 0 {
		t.Errorf("mapped to %+v", op)
	}
	if err != nil {
		return string(graphQLReason(err))
	}
	q, err := table.Query(op.Params, op.Workspace)
	if err != nil {
		t.Fatalf("accepted, but not a second time: %v", err)
	}
	var fields []string
	for _, f := range q.Fields {
		if f.Open == (len(f.Needs) > 0) {
			t.Errorf("%s is open: %v, and needs %v", f.Key, f.Open, f.Needs)
		}
		fields = append(fields, f.Key+": "+graphQLNeeds(f))
	}
	return strings.TrimSuffix(strings.Join(fields, "; "), " ")
}

func graphQLNeeds(f mlflow.QueryField) string {
	kinds := map[authz.RefKind]string{authz.RefRun: "run ", authz.RefExperiment: "experiment ", authz.RefEverything: "everything by "}
	var needs []string
	for _, n := range f.Needs {
		needs = append(needs, kinds[n.Ref.Kind]+n.Ref.ID)
	}
	out := strings.Join(needs, ", ")
	if f.Shape != nil {
		out = strings.TrimPrefix(out+" ?", " ")
	}
	return out
}
