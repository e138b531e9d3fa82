package api

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/api/openapi"
	"extauthz/authz/mlflow"
)

// OpenAPI describes every endpoint below a static prefix ("" for none), as it is served at openapi.json.
func OpenAPI(prefix string) ([]byte, error) {
	d := openapi.Document{
		OpenAPI: openapi.Version, Info: about, Servers: []openapi.Server{{URL: cmp.Or(prefix, "/")}}, Security: []openapi.Security{{"basic": {}}, {"bearer": {}}},
		Paths: map[string]openapi.Path{}, Components: components(),
	}
	for _, e := range (&operations{}).endpoints() {
		paths := e.paths()
		first := asTemplate(paths[0])
		d.Paths[first] = d.Paths[first].With(e.method, e.describe(d.Components.Schemas))
		for _, twin := range paths[1:] {
			d.Paths[asTemplate(twin)] = openapi.TwinOf(first)
		}
	}
	return json.Marshal(d, json.Deterministic(true), jsontext.WithIndent("  "))
}

// describe makes the document known to whoever may use the API at all.
func (o *operations) describe(_ context.Context, c caller, in noInput) (jsontext.Value, error) {
	return o.description, cmp.Or(c.mustBeUsable(), in.refuse())
}

func asDescribed(_ noInput, d jsontext.Value) jsontext.Value { return d }

// asTemplate writes a path's variable as OpenAPI and http.ServeMux do.
func asTemplate(path string) string { return strings.NewReplacer("<", "{", ">", "}").Replace(path) }

func (e endpoint) describe(d openapi.Definitions) openapi.Operation {
	op := openapi.Operation{ID: e.operation, Summary: summary(e.operation), Tags: []string{e.topic()}, Responses: e.responses(d)}
	if e.takesBody() {
		op.RequestBody = &openapi.Body{Required: true, Content: map[string]openapi.Media{"application/json": {Schema: e.inBody()}}}
	}
	for _, name := range slices.Sorted(maps.Keys(e.input.Properties)) {
		if name == e.variable() || !e.takesBody() {
			op.Parameters = append(op.Parameters, e.parameter(name))
		}
	}
	op.Parameters = append(op.Parameters, openapi.Parameter{Ref: "#/components/parameters/workspace"})
	return op
}

// takesBody tells methods whose parameters are in the body. A DELETE may have them there, too; that is for MLflow's older clients.
func (e endpoint) takesBody() bool { return e.method == "POST" || e.method == "PATCH" }

func (e endpoint) parameter(name string) openapi.Parameter {
	p := openapi.Parameter{Name: name, In: "query", Required: slices.Contains(e.input.Required, name), Schema: e.input.Properties[name].InText()}
	if name == e.variable() {
		p.In = "path"
	}
	return p
}

// inBody is the input without what stands in the path.
func (e endpoint) inBody() *openapi.Schema {
	body := *e.input
	body.Properties = maps.Clone(body.Properties)
	delete(body.Properties, e.variable())
	body.Required = slices.DeleteFunc(slices.Clone(body.Required), func(name string) bool { return name == e.variable() })
	return &body
}

// topic is what the operation is about, by its path.
func (e endpoint) topic() string {
	parts := strings.Split(e.path, "/")
	if topic := parts[4]; topic != "users" || parts[5] == "create" || len(parts) < 7 {
		return topic
	}
	return parts[5] // of a user: permissions, roles
}

func (e endpoint) responses(d openapi.Definitions) map[string]openapi.Response {
	done := e.success(d)
	all := map[string]openapi.Response{done.Status: done.Response}
	for status, r := range refusals {
		if status != "415" || e.takesBody() || e.method == "DELETE" {
			all[status] = openapi.Response{Ref: "#/components/responses/" + r.name}
		}
	}
	return all
}

// answered is the success of an operation that answers with that type.
func answered[Answer any](d openapi.Definitions) openapi.Success {
	switch t := reflect.TypeFor[Answer](); t {
	case reflect.TypeFor[without]():
		return openapi.Success{Status: "204", Response: openapi.Response{Description: "Done."}}
	case reflect.TypeFor[stream]():
		return openapi.Success{Status: "200", Response: openapi.Response{
			Description: "Done.", Content: map[string]openapi.Media{"application/octet-stream": {Schema: &openapi.Schema{}}},
		}}
	default:
		return openapi.JSON(d.Answer(t))
	}
}

// refusals are what every operation may be answered with.
var refusals = map[string]struct{ name, when string }{
	"400": {"Invalid", "A parameter is missing or malformed, or what is asked for cannot be (INVALID_PARAMETER_VALUE, BAD_REQUEST, RESOURCE_ALREADY_EXISTS)."},
	"401": {"Unauthenticated", "No credential, or a wrong one."},
	"403": {"Denied", "The caller may not do this, and learns nothing else (PERMISSION_DENIED)."},
	"404": {"Absent", "What the request names does not exist (RESOURCE_DOES_NOT_EXIST)."},
	"409": {"Conflict", "Another request was faster; nothing was changed (RESOURCE_CONFLICT)."},
	"413": {"TooLarge", "The body is too large (BAD_REQUEST)."},
	"415": {"Compressed", "The body is compressed (BAD_REQUEST)."},
	"429": {"Throttled", "Too many attempts (REQUEST_LIMIT_EXCEEDED)."},
	"500": {"Failed", "The service failed, and its log says why (INTERNAL_ERROR)."},
	"503": {"Unavailable", "The store cannot be used, or MLflow's workspaces are off (TEMPORARILY_UNAVAILABLE, FEATURE_DISABLED)."},
}

func components() openapi.Components {
	c := openapi.Components{
		Schemas: openapi.Definitions{}, Responses: map[string]openapi.Response{},
		Parameters: map[string]openapi.Parameter{"workspace": {
			Name: "X-MLFLOW-WORKSPACE", In: "header", Description: "Where the request looks: " + mlflow.FormWorkspace + ". The workspace 'default' without it.",
			Schema: &openapi.Schema{Type: openapi.Types{"string"}, Pattern: "^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$"},
		}},
		SecuritySchemes: map[string]openapi.SecurityScheme{
			"basic":  {Type: "http", Scheme: "basic", Description: "Username and password; a token may stand in the password's place."},
			"bearer": {Type: "http", Scheme: "bearer", Description: "A token of this service, or of an issuer that it trusts."},
		},
	}
	failure := c.Schemas.Answer(reflect.TypeFor[failureObject]())
	for status, r := range refusals {
		answer := openapi.Response{Description: r.when, Content: map[string]openapi.Media{"application/json": {Schema: failure}}}
		if status == "401" {
			answer.Content = map[string]openapi.Media{"text/plain": {Schema: openapi.Text()}}
			answer.Headers = map[string]openapi.Parameter{"WWW-Authenticate": {Schema: openapi.Text()}}
		}
		c.Responses[r.name] = answer
	}
	return c
}

var about = openapi.Info{
	Title: "extauthz", Version: "1",
	Description: "Administration of who may do what in MLflow: MLflow's own auth REST API of both generations, and what it lacks. A parameter that is " +
		"null is absent. A DELETE takes its parameters from a JSON body as well. Unknown and repeated parameters are refused. Whoever may not do " +
		"something gets 403 before anything else about the request is looked at.",
}
