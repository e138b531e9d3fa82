package mlflow

import (
	"strings"

	"extauthz/authz"
)

// read takes every parameter from the one place where MLflow reads it, and refuses the request when another place names it too.
func (t *Table) read(row *Row, r authz.Request, vars map[string]string, rawQuery string) (input, error) {
	in := input{path: vars}
	var err error
	if in.workspace, err = t.server.Workspace(r.Headers); err != nil {
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
	case row.Body == OTLPBody && len(query) > 0:
		err = ambiguousQuery("it takes its parameters from the headers and the body alone")
	case row.Body == OTLPBody:
		in.params, err = readOTLP(r)
	case row.Body == FastAPIBody:
		in.params, err = t.readFramelessJSON(row, r)
	case row.Body == OpaqueBody || row.Body == AnyBody:
		in.params, err = t.readQuery(row, query)
	default:
		if hasBody(r) {
			return in, ambiguousBody("a " + r.Method + " of " + row.Operation + " has no body")
		}
		if r.Proxy.WithholdsBody && len(query) == 0 && len(t.messages[row]) > 0 {
			return in, authz.Refuse(authz.BodyWithheld, withheldBody+"MLflow reads the body of a "+r.Method+" without a query.")
		}
		in.params, err = t.readQuery(row, query)
	}
	if err != nil {
		return in, err
	}
	return in, twice(vars, in.params)
}

const withheldBody = "The proxy does not show request bodies to extauthz, which takes another configuration of the proxy, and "

func (t *Table) readJSON(row *Row, r authz.Request, query map[string][]string) (map[string]any, error) {
	if len(query) > 0 {
		return nil, ambiguousQuery("a " + r.Method + " of " + row.Operation + " takes its parameters from the JSON body alone")
	}
	if r.Proxy.WithholdsBody {
		return nil, authz.Refuse(authz.BodyWithheld, withheldBody+row.Operation+" is decided by it.")
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

// readFramelessJSON reads a body as FastAPI does: chunked or not, and whatever its content type says. MLflow decompresses zstd here, we do not.
func (t *Table) readFramelessJSON(row *Row, r authz.Request) (map[string]any, error) {
	if r.Proxy.WithholdsBody {
		return nil, authz.Refuse(authz.BodyWithheld, withheldBody+row.Operation+" is decided by it.")
	}
	if encoding, ok := r.Headers.One("content-encoding"); r.Headers.Has("content-encoding") && (!ok || !strings.EqualFold(encoding, "identity")) {
		return nil, authz.Refuse(authz.UnsupportedMedia, "Send the body uncompressed: its model decides who may send it.")
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
