package mlflow

import (
	"fmt"
	"slices"
	"strings"

	"extauthz/authz"
)

// Table maps requests to operations. It implements authz.Mapper and is immutable.
type Table struct {
	index    index
	schema   schema
	byName   map[routeKey]*Row
	messages map[*Row]message
	mentions map[*Row]mentions
	graphQL  *graphQL
	server   Server
}

// mentions is what a row's response may say of other things.
type mentions struct {
	kinds  []authz.Kind
	things bool
}

// Server is how the MLflow server runs, as far as it decides how requests are read.
type Server struct {
	StaticPrefix string // MLflow's --static-prefix: "" or a path like "/mlflow" without a trailing slash
	Workspaces   bool   // --enable-workspaces
}

var _ authz.Mapper = (*Table)(nil)

// New builds the table.
func New(server Server) (*Table, error) {
	staticPrefix := server.StaticPrefix
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
	t := &Table{index: ix, schema: s, byName: map[routeKey]*Row{}, messages: map[*Row]message{}, mentions: map[*Row]mentions{}, graphQL: g, server: server}
	for i := range rows {
		t.byName[routeKey{rows[i].Method, rows[i].Operation}] = &rows[i]
		kinds, things := rows[i].mentions()
		t.messages[&rows[i]], t.mentions[&rows[i]] = rows[i].message(s), mentions{kinds, things}
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
		workspace, err := t.server.Workspace(r.Headers)
		if err != nil {
			return authz.Operation{}, err
		}
		return authz.Operation{Workspace: workspace}, authz.Refuse(authz.UnmappedRoute,
			"Permission denied: "+r.Method+" on this path is no operation that extauthz knows; only an admin may call it.")
	}
	op := authz.Operation{Name: row.Operation, Access: row.Access, Conceals: row.Conceals, Response: row.Response, Mentions: t.mentions[row].kinds, Mentioned: t.mentions[row].things}
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
	if row.Workspaces && !t.server.Workspaces {
		return authz.Operation{Name: row.Operation, Access: authz.AccessAdmin}, nil
	}
	return row.operation(op, in)
}

// message is the row's request message.
func (row *Row) message(s schema) message {
	if len(row.Fields) > 0 {
		return parseMessage(strings.Join(row.Fields, " "))
	}
	return s.messages[row.messageName()]
}

// Public reports whether everybody may send the request, by its method and path alone.
func (t *Table) Public(r authz.Request) bool {
	rawPath, _ := splitTarget(r.Target)
	path, err := decodePath(rawPath)
	if err != nil {
		return false
	}
	row, _ := t.index.find(r.Method, path)
	return row != nil && row.Access == authz.AccessPublic
}

// Row returns the row of an operation by its name and method, nil if there is none. HEAD is the row of GET.
func (t *Table) Row(operation, method string) *Row {
	if method == "HEAD" {
		method = "GET"
	}
	return t.byName[routeKey{method, operation}]
}

func (row *Row) artifactTail() bool { return strings.Contains(row.Path, "<path:artifact_path>") }

// messageName is the request message: the operation's own name, in the package of a service that has one of its own.
func (row *Row) messageName() string {
	for _, of := range packages {
		if strings.HasPrefix(row.Path, of.path) {
			return of.name + row.Operation
		}
	}
	return row.Operation
}

var packages = []struct{ path, name string }{
	{"/api/2.0/mlflow-artifacts/", "mlflow.artifacts."},
	{"/api/3.0/mlflow/issues", "mlflow.issues."},
	{"/api/3.0/mlflow/label-schemas/", "mlflow.label_schemas."},
	{"/api/3.0/mlflow/review-queues/", "mlflow.review_queues."},
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
