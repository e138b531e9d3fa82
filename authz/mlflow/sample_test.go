package mlflow

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
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
		if row.Access != authz.AccessGranted && row.Access != authz.AccessAuthenticated || row.Body == GraphQLBody {
			continue // a GraphQL query is no message
		}
		x := sample{row: row, m: row.message(s), schema: s, path: concrete(row.Path), params: map[string]any{}}
		x.fill()
		for _, n := range row.Needs {
			x.need(t, n)
		}
		if row.Subject != nil {
			for _, field := range []string{row.Subject.ID, row.Subject.Name} {
				if field != "" {
					x.params[field] = "n"
				}
			}
		}
		all = append(all, x)
	}
	return all
}

// fill gives every field of the message that no need is about a value of its type.
func (x *sample) fill() {
	for name, f := range x.m {
		if strings.Contains(x.row.Path, "<"+name+">") || name == "artifact_location" || name == "model_id" || name == "run_uuid" {
			continue
		}
		x.params[name] = x.value(f)
	}
}

func (x *sample) value(f field) any {
	if f.Repeated {
		f.Repeated = false
		return []any{x.value(f)}
	}
	if m, ok := x.schema.messages[f.Type]; ok {
		object := map[string]any{}
		for name, inner := range m {
			if name != "model_id" {
				object[name] = x.value(inner)
			}
		}
		return object
	}
	if names, ok := x.schema.enums[f.Type]; ok {
		return slices.Max(slices.Collect(maps.Keys(names))) // a name: letters come after digits
	}
	switch f.Type {
	case "string":
		return "x"
	case "bool":
		return true
	default:
		return json.Number("7")
	}
}

var idOf = map[authz.RefKind]string{
	authz.RefExperiment: "7", authz.RefExperimentName: "some name", authz.RefRun: "r1", authz.RefLoggedModel: "m-1", authz.RefRegisteredModel: "n",
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
	case exactlyOne:
		delete(x.params, "run_id")
		x.fieldNeed(n.b.(fieldNeed))
	case withParts:
		x.fieldNeed(n.whole)
		whole := x.needs[len(x.needs)-1]
		for _, part := range n.parts {
			x.needs = append(x.needs, authz.Need{Action: whole.Action, Ref: whole.Ref, Part: part})
		}
	case unlessDenied:
		x.needs = append(x.needs, authz.Need{Action: authz.NotDenied, Ref: authz.Ref{Kind: authz.RefKindOf, ID: string(n.kind)}})
	case adminOnlyIf, taggedParent:
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
	case strings.Contains(x.row.Path, "<"+name+">"):
	default:
		params[name] = id
	}
	x.expect(n.action, n.of.kind, id)
	x.needs[len(x.needs)-1].Part = n.of.part
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
	if x.row.Body == JSONBody {
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
