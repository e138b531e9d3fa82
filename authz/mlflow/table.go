package mlflow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"extauthz/authz"
)

// Table maps requests to operations. It implements authz.Mapper and is immutable.
type Table struct {
	index    index
	schema   schema
	byName   map[routeKey]*Row
	messages map[*Row]message
	graphQL  *graphQL
}

var _ authz.Mapper = (*Table)(nil)

// New builds the table. staticPrefix is MLflow's --static-prefix: "" or a path like "/mlflow" without a trailing slash.
func New(staticPrefix string) (*Table, error) {
	if staticPrefix != "" && (!strings.HasPrefix(staticPrefix, "/") || strings.HasSuffix(staticPrefix, "/")) {
		return nil, fmt.Errorf("static prefix %q: it must start with a slash and not end with one, as MLflow's --static-prefix", staticPrefix)
	}
	rows := Rows()
	s, err := parseSchema(messagesText)
	if err != nil {
		return nil, err
	}
	ix, err := newIndex(rows, staticPrefix)
	if err != nil {
		return nil, err
	}
	g, err := newGraphQL()
	if err != nil {
		return nil, err
	}
	t := &Table{index: ix, schema: s, byName: map[routeKey]*Row{}, messages: map[*Row]message{}, graphQL: g}
	for i := range rows {
		t.byName[routeKey{rows[i].Method, rows[i].Operation}] = &rows[i]
		t.messages[&rows[i]] = rows[i].message(s)
	}
	return t, nil
}

// Map finds the operation of a request and reads its parameters. Its errors are *authz.Refusal: UnmappedRoute when no row names the
// request, otherwise what makes the request ambiguous or incomplete.
func (t *Table) Map(r authz.Request) (authz.Operation, error) {
	rawPath, rawQuery := splitTarget(r.Target)
	path, err := decodePath(rawPath)
	if err != nil {
		return authz.Operation{}, err
	}
	if strings.Contains(path, "/mlflow-artifacts/") && strings.HasSuffix(path, "/") {
		return authz.Operation{}, ambiguousPath("an artifact path does not end with a slash")
	}
	row, vars := t.index.find(r.Method, path)
	if row == nil {
		return authz.Operation{}, authz.Refuse(authz.UnmappedRoute,
			"Permission denied: "+r.Method+" on this path is no operation that extauthz knows; only an admin may call it.")
	}
	op := authz.Operation{Name: row.Operation, Access: row.Access, Response: row.Response}
	if row.Access == authz.AccessPublic || row.Access == authz.AccessAuthAPI || row.Access == authz.AccessOwnPassword {
		return op, nil
	}
	if strings.Contains(path, ";") && !row.artifactTail() {
		return op, ambiguousPath("it has a ';'")
	}
	in, err := t.read(row, r, vars, rawQuery)
	if err != nil {
		return op, err
	}
	return row.operation(op, in)
}

// read takes every parameter from the one place where MLflow reads it, and refuses the request when another place names it too.
func (t *Table) read(row *Row, r authz.Request, vars map[string]string, rawQuery string) (input, error) {
	in := input{path: vars}
	if err := checkWorkspace(r.Headers); err != nil {
		return in, err
	}
	query, err := parseQuery(rawQuery)
	if err != nil {
		return in, err
	}
	switch {
	case row.Body == JSONBody:
		in.params, err = t.readJSON(row, r, query)
	case row.Body == GraphQLBody:
		if in.params, err = t.readJSON(row, r, query); err == nil {
			_, err = t.graphQL.read(in.params)
		}
	case row.Body == OpaqueBody || row.Body == AnyBody:
		in.params, err = t.readQuery(row, query)
	default:
		if hasBody(r) {
			return in, ambiguousBody("a " + r.Method + " of " + row.Operation + " has no body")
		}
		in.params, err = t.readQuery(row, query)
	}
	if err != nil {
		return in, err
	}
	return in, twice(vars, in.params)
}

func (t *Table) readJSON(row *Row, r authz.Request, query map[string][]string) (map[string]any, error) {
	if len(query) > 0 {
		return nil, ambiguousQuery("a " + r.Method + " of " + row.Operation + " takes its parameters from the JSON body alone")
	}
	if r.Proxy.WithholdsBody {
		return nil, authz.Refuse(authz.BodyWithheld, "The proxy did not send the request body along, and "+row.Operation+" is decided by it.")
	}
	if len(r.Body) == 0 && !r.Headers.Has("transfer-encoding") {
		if length, ok := r.Headers.One("content-length"); ok && length != "0" {
			return nil, authz.Refuse(authz.BodyWithheld, "The request body did not reach extauthz, and "+row.Operation+" is decided by it.")
		}
		return map[string]any{}, nil
	}
	if err := checkFraming(r.Headers, len(r.Body)); err != nil {
		return nil, err
	}
	object, err := readBody(r.Body)
	if err != nil {
		return nil, err
	}
	return object, t.schema.checkMessage(t.messages[row], object)
}

// readQuery types a query string by the message's fields: repeated fields become lists, a repeated key of a single one is refused.
func (t *Table) readQuery(row *Row, query map[string][]string) (map[string]any, error) {
	m := t.messages[row]
	params := make(map[string]any, len(query))
	for key, values := range query {
		f := m[key]
		switch {
		case f.Repeated:
			list := make([]any, len(values))
			for i, v := range values {
				list[i] = v
			}
			params[key] = list
		case len(values) > 1:
			return nil, ambiguousQuery("the key " + key + " stands there more than once")
		case f.Type == "bool" && (strings.EqualFold(values[0], "true") || strings.EqualFold(values[0], "false")):
			params[key] = strings.EqualFold(values[0], "true")
		default:
			params[key] = values[0]
		}
	}
	return params, t.schema.checkMessage(m, params)
}

// message is the row's request message.
func (row *Row) message(s schema) message {
	if len(row.Fields) > 0 {
		return parseMessage(strings.Join(row.Fields, " "))
	}
	return s.messages[row.messageName()]
}

// checkWorkspace refuses every workspace but the default one: grants in others are not kept apart yet.
func checkWorkspace(h authz.Headers) error {
	for _, name := range h["x-mlflow-workspace"] {
		if name != authz.DefaultWorkspace {
			return authz.Refuse(authz.InvalidParameter, "Only the workspace 'default' is served here: leave X-MLFLOW-WORKSPACE out.")
		}
	}
	return nil
}

// hasBody reports whether any body came or was announced.
func hasBody(r authz.Request) bool {
	length, ok := r.Headers.One("content-length")
	announced := r.Headers.Has("content-length") && (!ok || length != "0")
	return len(r.Body) > 0 || announced || r.Headers.Has("transfer-encoding")
}

// twice refuses a path variable that another place names as well: MLflow's releases differ in which one wins.
func twice(vars map[string]string, params map[string]any) error {
	for name, value := range vars {
		if other, ok := params[name]; ok && other != value {
			return authz.Refuse(authz.InvalidParameter, "The parameter '"+name+"' stands in the path and elsewhere with another value.")
		}
	}
	return nil
}

// operation fills in what the row needs for these parameters.
func (row *Row) operation(op authz.Operation, in input) (authz.Operation, error) {
	for _, n := range row.Needs {
		needs, err := n.needs(in)
		if err != nil {
			return op, err
		}
		for _, need := range needs {
			if !slices.Contains(op.Needs, need) {
				op.Needs = append(op.Needs, need)
			}
		}
		if len(op.Needs) > maxNeeds {
			return op, authz.Refuse(authz.InvalidParameter, "The request names more than "+strconv.Itoa(maxNeeds)+" different resources; send several requests.")
		}
	}
	if row.Response == authz.Filters {
		return withParams(op, in)
	}
	if row.Subject == nil {
		return op, nil
	}
	return row.withSubject(op, in)
}

const (
	maxParams = 64 << 10
	maxNeeds  = 256 // each may cost a look-up; MLflow takes 100 runs at a time
)

func withParams(op authz.Operation, in input) (authz.Operation, error) {
	params, err := json.Marshal(in.params, json.Deterministic(true))
	if err == nil && len(params) > maxParams {
		err = authz.Refuse(authz.InvalidParameter, "The parameters of this search are longer than 64 KiB.")
	}
	op.Params = params
	return op, err
}

func (row *Row) withSubject(op authz.Operation, in input) (authz.Operation, error) {
	for _, of := range []struct {
		field string
		into  *string
	}{{row.Subject.ID, &op.Subject.Resource.ID}, {row.Subject.Name, &op.Subject.Name}} {
		if of.field == "" {
			continue
		}
		values, err := in.values(parseField(of.field))
		if err != nil {
			return op, err
		}
		if !canonicalName(values[0]) {
			return op, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter '"+of.field+"': it must be "+RegisteredModel.form+".")
		}
		*of.into = values[0]
	}
	op.Subject.Resource.Kind, op.Subject.Resource.Workspace = row.Subject.Kind, authz.DefaultWorkspace
	return op, nil
}

// Row returns the row of an operation by its name and method, nil if there is none. HEAD is the row of GET.
func (t *Table) Row(operation, method string) *Row {
	if method == "HEAD" {
		method = "GET"
	}
	return t.byName[routeKey{method, operation}]
}

func (row *Row) artifactTail() bool { return strings.Contains(row.Path, "<path:artifact_path>") }

// messageName is the request message: the operation's own name, in MLflow's artifact package for the artifact service.
func (row *Row) messageName() string {
	if strings.HasPrefix(row.Path, "/api/2.0/mlflow-artifacts/") {
		return "mlflow.artifacts." + row.Operation
	}
	return row.Operation
}

// Operations lists the names of all operations, sorted, each once.
func Operations() []string {
	var names []string
	for _, row := range Rows() {
		names = append(names, row.Operation)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
