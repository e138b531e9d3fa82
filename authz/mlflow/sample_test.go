package mlflow

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"testing"

	"extauthz/authz"
)

// sample is a valid request of a row, made from what the row and its message say, and the needs that it must have.
type sample struct {
	row    Row
	m      message
	schema schema
	path   string
	params map[string]any
	needs  []authz.Need
}

// samples makes one for every row that reads parameters.
func samples(t testing.TB) []sample {
	t.Helper()
	s := mustSchema(t)
	var all []sample
	for _, row := range Rows() {
		if row.Access != authz.AccessGranted && row.Access != authz.AccessAuthenticated || row.Body == GraphQLBody || row.Body == OTLPBody {
			continue // a GraphQL query is no message, nor are spans
		}
		x := sample{row: row, m: row.message(s), schema: s, path: concrete(row.Path), params: map[string]any{}}
		x.fill()
		if row.Subject != nil {
			delete(x.params, row.Subject.Unless)
			for _, field := range []string{row.Subject.ID, row.Subject.Name} {
				if field != "" && !x.inPath(field) {
					x.params[field] = "n"
				}
			}
		}
		for _, n := range row.Needs {
			x.need(t, n)
		}
		x.needs = onceEach(x.needs)
		all = append(all, x)
	}
	return all
}

// fill gives every field of the message that no need is about a value of its type.
func (x *sample) fill() {
	for name, f := range x.m {
		if x.inPath(name) || name == "artifact_location" || name == "model_id" || name == "run_uuid" {
			continue
		}
		x.params[name] = x.value(f)
	}
}

func (x *sample) value(f field) any { return x.valueAt(f, 0) }

const deepest = 4 // some of OpenTelemetry's messages hold themselves

func (x *sample) valueAt(f field, depth int) any {
	switch {
	case f.Repeated:
		f.Repeated = false
		return []any{x.valueAt(f, depth)}
	case f.Map:
		f.Map = false
		return map[string]any{"k": x.valueAt(f, depth)}
	}
	if m, ok := x.schema.messages[f.Type]; ok {
		return x.object(m, depth+1)
	}
	if names, ok := x.schema.enums[f.Type]; ok {
		return slices.Max(slices.Collect(maps.Keys(names))) // a name: letters come after digits
	}
	switch f.Type {
	case "google.protobuf.Struct":
		return map[string]any{"x": "x"}
	case "google.protobuf.ListValue":
		return []any{"x"}
	case "string", "google.protobuf.Value":
		return "x"
	case "bool":
		return true
	case "bytes":
		return "eHh4eA=="
	case "google.protobuf.Timestamp":
		return "2026-01-02T03:04:05Z"
	case "google.protobuf.Duration":
		return "1.5s"
	case "google.protobuf.FieldMask":
		return "rationale"
	default:
		return json.Number("7")
	}
}

// object has one field of each oneof.
func (x *sample) object(m message, depth int) map[string]any {
	object, oneofs := map[string]any{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		f := m[name]
		if _, inner := x.schema.messages[f.Type]; name == "model_id" || inner && depth > deepest || f.Oneof != "" && oneofs[f.Oneof] {
			continue
		}
		object[name], oneofs[f.Oneof] = x.valueAt(f, depth), true
	}
	return object
}

var idOf = map[authz.RefKind]string{
	authz.RefWorkspace:     "team",
	authz.RefGatewaySecret: "s-1", authz.RefGatewayEndpoint: "e-1", authz.RefGatewayEndpointName: "v-1", authz.RefGatewayModel: "d-1",
	authz.RefGuardrail: "gr-1", authz.RefMCPServer: "com.example/srv", authz.RefMCPServerToBe: "com.example/srv",
	authz.RefExperiment: "7", authz.RefExperimentName: "some name", authz.RefRun: "r1", authz.RefLoggedModel: "m-1", authz.RefRegisteredModel: "n",
	authz.RefTrace:   "tr-1",
	authz.RefDataset: "v-1", authz.RefIssue: "v-1", authz.RefReviewQueue: "rq-1", authz.RefLabelSchema: "ls-1", authz.RefPromptJob: "v-1",
	authz.RefJob: "v-1",
}

func (x *sample) need(t testing.TB, n Needer) {
	t.Helper()
	switch n := n.(type) {
	case fieldNeed:
		x.fieldNeed(n)
	case artifact:
		if x.row.Path == "/api/2.0/mlflow-artifacts/artifacts" {
			x.params["path"] = "7/r"
		}
		x.expect(n.action, authz.RefExperiment, "7")
		x.needs[len(x.needs)-1].Part = authz.Run
	case modelSource:
		x.params["source"] = "models:/other/1"
		x.expect(authz.CanRead, authz.RefRegisteredModel, "other")
		x.needs[len(x.needs)-1].Part = authz.RegisteredModelVersion
	case newRegistered:
		x.params["name"] = "n"
		x.expect(authz.NotDenied, authz.RefNewRegisteredModel, "n")
		x.newName()
	case newName:
		x.newName()
	case exactlyOne:
		for _, field := range n.a.fields() {
			delete(x.params, field)
		}
		x.fieldNeed(n.b.(fieldNeed))
	case withParts:
		x.fieldNeed(n.whole)
		whole := x.needs[len(x.needs)-1]
		for _, part := range n.parts {
			x.needs = append(x.needs, authz.Need{Action: whole.Action, Ref: whole.Ref, Part: part})
		}
	case tracesInto, proxied, vetoIf, orEverything, deletedBy, skill:
		x.gatewayNeed(n)
	case unlessDenied:
		x.needs = append(x.needs, authz.Need{Action: authz.NotDenied, Ref: authz.Ref{Kind: authz.RefKindOf, ID: string(n.kind)}})
	case newTrace, newAssessments, issueOf, traceTags, experimentTags, tracesNamed, selects, sameAs, oneAssessment, deletedTraces, raised, inherited:
		x.traceNeed(n)
	case among, queueNamed, queueUpdate, scorerNeed, versionsOfScorer, serializedScorers, judgeModel, scorersOfJob, optimizedPrompt, optimizerConfig, inOwnName:
		x.jobNeed(n)
	case adminOnlyIf, taggedParent, markedVersion, keepsKind, unlessDeniedIf:
	default:
		t.Fatalf("%s: a %T is new here", x.row.Operation, n)
	}
}

func (x *sample) fieldNeed(n fieldNeed) {
	id, name := idOf[n.of.kind], n.field.names[0]
	if id == "" {
		panic("idOf has no identifier for a " + n.describe())
	}
	params := x.params
	for _, outer := range n.field.within {
		object, _ := params[outer].(map[string]any)
		if object == nil {
			object = map[string]any{}
		}
		params[outer], params = object, object
	}
	switch {
	case n.field.tag != "":
		params[name] = []any{map[string]any{"key": n.field.tag, "value": id}}
	case n.field.inner != nil:
		params[name] = []any{nested(n.field.inner, id)}
	case n.field.list:
		params[name] = []any{id}
	case x.inPath(name):
	default:
		params[name] = id
	}
	x.expect(n.action, n.of.kind, id)
	x.needs[len(x.needs)-1].Part = n.of.part
}

// newName is the veto on a name, as either kind of what may have it.
func (x *sample) newName() {
	for _, kind := range []authz.RefKind{authz.RefNewRegisteredModel, authz.RefNewPrompt} {
		x.expect(authz.NotDenied, kind, "n")
		x.needs[len(x.needs)-1].Exact = true
	}
}

// nested is the value within objects of those names.
func nested(path []string, value any) any {
	for _, name := range slices.Backward(path) {
		value = map[string]any{name: value}
	}
	return value
}

func (x *sample) expect(action authz.Action, kind authz.RefKind, id string) {
	x.needs = append(x.needs, authz.Need{Action: action, Ref: authz.Ref{Kind: kind, ID: id}})
}

// request is the sample at one of the row's paths.
func (x *sample) request(path string) authz.Request {
	if x.inJSON() {
		return request(x.row.Method, path, x.body(x.params))
	}
	return request(x.row.Method, path+"?"+x.query(x.params), "")
}

func (x *sample) body(params map[string]any) string {
	text, err := json.Marshal(params)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (x *sample) query(params map[string]any) string {
	q := url.Values{}
	for name, v := range params {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, v := range list {
			switch v := v.(type) {
			case string:
				q.Add(name, v)
			case bool:
				q.Add(name, "true")
			case json.Number:
				q.Add(name, v.String())
			}
		}
	}
	return q.Encode()
}

// changed is the sample with other parameters.
func (x *sample) changed(change func(params map[string]any)) authz.Request {
	y := *x
	y.params = maps.Clone(x.params)
	change(y.params)
	return y.request(x.path)
}
