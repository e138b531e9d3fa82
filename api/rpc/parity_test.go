package rpc

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	"extauthz/api"
)

// restOnly are operations that gRPC has in another way.
var restOnly = map[string]string{"GetOpenAPI": "server reflection describes the service"}

// typedOnly are what the endpoints for each kind of resource are here.
var typedOnly = []string{"GetUserGrant", "UpdateUserGrant"}

// TestEveryOperationHasAMethod, and every method an operation.
func TestEveryOperationHasAMethod(t *testing.T) {
	used := map[string]bool{}
	for operation, typed := range api.TypedOperations() {
		used[typed] = true
		if exists := service().Methods().ByName(protoreflect.Name(typed)) != nil; exists == (restOnly[operation] != "") {
			t.Errorf("%s is served over REST; its method %s exists over gRPC: %v", operation, typed, exists)
		}
	}
	methods := service().Methods()
	for i := range methods.Len() {
		if name := string(methods.Get(i).Name()); !used[name] {
			t.Errorf("%s is served over gRPC and not over REST", name)
		}
	}
	if methods.Len() < 50 {
		t.Errorf("there are only %d methods", methods.Len())
	}
}

// shape is what of a JSON Schema has a counterpart in a message.
type shape struct {
	Ref        string `json:"$ref"`
	AnyOf      []shape
	Items      *shape
	Properties map[string]shape
}

type operation struct {
	OperationID string
	Parameters  []struct {
		Name, In string
		Schema   shape
	}
	RequestBody struct {
		Content map[string]struct{ Schema shape }
	}
	Responses map[string]struct {
		Content map[string]struct{ Schema shape }
	}
}

// described is the OpenAPI document.
type described struct {
	Paths      map[string]map[string]json.RawMessage
	Components struct{ Schemas map[string]shape }
}

// TestEveryParameterHasAField in the message of the same name, with the same members, and so has every part of an answer.
func TestEveryParameterHasAField(t *testing.T) {
	text, err := api.OpenAPI("")
	if err != nil {
		t.Fatal(err)
	}
	var d described
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, methods := range d.Paths {
		for method, text := range methods {
			var op operation
			if method == "$ref" {
				continue
			}
			if err := json.Unmarshal(text, &op); err != nil {
				t.Fatal(err)
			}
			m := service().Methods().ByName(protoreflect.Name(op.OperationID))
			if m == nil {
				continue // it has another one's, or none
			}
			compared++
			d.compare(t, op.OperationID+" takes", op.input(), m.Input())
			d.compare(t, op.OperationID+" answers", op.Responses["200"].Content["application/json"].Schema, m.Output())
		}
	}
	if compared != service().Methods().Len()-len(typedOnly) {
		t.Errorf("only %d methods were compared", compared)
	}
}

// input are the body's parameters, and those in the path and the query.
func (op operation) input() shape {
	all := shape{Properties: map[string]shape{}}
	maps.Copy(all.Properties, op.RequestBody.Content["application/json"].Schema.Properties)
	for _, p := range op.Parameters {
		if p.In == "path" || p.In == "query" {
			all.Properties[p.Name] = p.Schema
		}
	}
	return all
}

func (d described) compare(t *testing.T, where string, s shape, m protoreflect.MessageDescriptor) {
	t.Helper()
	if where == "ExportState answers" || where == "BackUpState answers" {
		return // a document, and bytes
	}
	s = d.resolved(s)
	if isList(m) {
		d.compare(t, where, *s.Items, m.Fields().Get(0).Message())
		return
	}
	var fields []string
	for i := range m.Fields().Len() {
		fields = append(fields, string(m.Fields().Get(i).Name()))
	}
	slices.Sort(fields)
	names := slices.Sorted(maps.Keys(s.Properties))
	if m.Name() == "User" { // the lists of what is granted to it are for MLflow's older clients
		names = slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, "_permissions") })
	}
	if !slices.Equal(fields, names) {
		t.Errorf("%s: the message %s has the fields %v, REST has %v", where, m.Name(), fields, names)
	}
	for i := range m.Fields().Len() {
		field := m.Fields().Get(i)
		if field.Message() != nil && !field.IsMap() && !wellKnown(field.Message()) {
			d.compare(t, where, s.Properties[string(field.Name())], field.Message())
		}
	}
}

// resolved is what a schema refers to, lists as one of what they list.
func (d described) resolved(s shape) shape {
	switch {
	case s.Ref != "":
		return d.resolved(d.Components.Schemas[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]])
	case len(s.AnyOf) > 0:
		return d.resolved(s.AnyOf[0])
	case s.Items != nil && s.Properties == nil && s.Items.Properties == nil:
		return d.resolved(*s.Items)
	case s.Items != nil:
		one := d.resolved(*s.Items)
		one.Items = s.Items
		return one
	default:
		return s
	}
}
