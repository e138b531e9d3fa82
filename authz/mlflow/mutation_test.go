package mlflow

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extauthz/authz"
)

// TestEveryRow sends every row a valid request made from its message, which must be mapped to what the row needs, and then that request
// with one thing wrong at a time, which must be refused for that reason.
func TestEveryRow(t *testing.T) {
	table, prefixed := mustTable(t, ""), mustTable(t, "/mlf")
	for _, x := range samples(t) {
		t.Run(x.row.Method+x.row.Path, func(t *testing.T) {
			for _, path := range Paths(x.path) {
				x.accepted(t, table, x.request(path))
				x.accepted(t, prefixed, x.request(path))
				x.accepted(t, prefixed, x.request("/mlf"+path))
				x.refused(t, table, "a static prefix that is not configured", authz.UnmappedRoute, x.request("/mlf"+path))
			}
			for _, m := range x.mutations() {
				x.refused(t, table, m.name, m.want, m.request)
			}
		})
	}
}

func (x *sample) accepted(t *testing.T, table *Table, r authz.Request) {
	t.Helper()
	op, err := table.Map(r)
	if err != nil {
		t.Fatalf("%s %s %s: %v", r.Method, r.Target, r.Body, err)
	}
	want := authz.Operation{Name: x.row.Operation, Access: x.row.Access, Response: x.row.Response, Needs: x.needs}
	if x.row.Workspaces && !table.server.Workspaces {
		want.Access, want.Response, want.Needs = authz.AccessAdmin, "", nil
	}
	if op.Name != want.Name || op.Access != want.Access || op.Response != want.Response {
		t.Errorf("%s %s is %s", r.Method, r.Target, op.Name)
	}
	if diff := cmp.Diff(want.Needs, op.Needs); diff != "" {
		t.Errorf("%s %s needs (-want +got):\n%s", r.Method, r.Target, diff)
	}
	if r.Method == "GET" {
		r.Method = "HEAD"
		x.accepted(t, table, r)
	}
}

func (x *sample) refused(t *testing.T, table *Table, what string, want authz.Reason, r authz.Request) {
	t.Helper()
	_, err := table.Map(r)
	if err == nil || reason(err) != want {
		t.Errorf("%s: got %v, want %s\n%s %.200s\n%.300s", what, err, want, r.Method, r.Target, r.Body)
	}
}

type mutation struct {
	name    string
	want    authz.Reason
	request authz.Request
}

type mutations []mutation

func (m *mutations) add(name string, want authz.Reason, r authz.Request) {
	*m = append(*m, mutation{name, want, r})
}

func (x *sample) mutations() mutations {
	var all mutations
	x.spellings(&all)
	x.headers(&all)
	x.ids(&all)
	x.types(&all)
	switch x.row.Body {
	case JSONBody:
		x.json(&all)
		x.framing(&all)
		all.add("a query", authz.AmbiguousQuery, request(x.row.Method, x.path+"?x=1", x.body(x.params)))
	case FastAPIBody:
		x.json(&all)
		all.add("compressed", authz.UnsupportedMedia, edited(x.request(x.path), "content-encoding: zstd"))
		all.add("withheld", authz.BodyWithheld, edited(x.request(x.path), "proxy: withheld"))
	default:
		x.queries(&all)
	}
	return all
}

func (x *sample) spellings(all *mutations) {
	if x.path == "/" {
		return
	}
	last := strings.LastIndex(x.path, "/")
	for name, path := range map[string]string{
		"two slashes at the start": "/" + x.path, "two slashes inside": x.path[:last] + "/" + x.path[last:],
		"a dot segment": x.path[:last] + "/." + x.path[last:], "two dots": "/x/.." + x.path, "encoded dots": "/x/%2e%2e" + x.path,
		"an encoded slash": x.path[:last] + "%2f" + x.path[last+1:], "an encoded letter": x.path[:last+1] + fmt.Sprintf("%%%02x", x.path[last+1]) + x.path[last+2:],
		"an encoded percent": x.path + "%2561", "a backslash": x.path[:last] + `\` + x.path[last+1:], "an encoded backslash": x.path[:last] + "%5c" + x.path[last+1:],
		"a NUL": x.path + "%00", "a newline": x.path + "%0a", "bytes that are not UTF-8": x.path + "%ff", "a broken escape": x.path + "%2", "a fragment": x.path + "#x",
		"an encoded question mark": x.path + "%3f",
	} {
		all.add(name, authz.AmbiguousPath, x.request(path))
	}
	if strings.Contains(x.row.Path, "<") || x.besideOne() {
		return
	}
	for _, tail := range []string{"x", ";x", "%20", "%E2%80%8B"} {
		all.add("the tail "+tail, authz.UnmappedRoute, x.request(x.path+tail))
	}
}

// besideOne reports whether what stands in the place of the path's last segment would be the identifier of another row.
func (x *sample) besideOne() bool {
	ix, err := newIndex(Rows(), "")
	row, _ := ix.find(x.row.Method, x.path+"x")
	return err == nil && row != nil
}

func (x *sample) headers(all *mutations) {
	all.add("another workspace", authz.InvalidParameter, edited(x.request(x.path), "x-mlflow-workspace: team"))
	all.add("two workspaces", authz.InvalidParameter, edited(x.request(x.path), "x-mlflow-workspace: default; x-mlflow-workspace: team"))
}

var notCanonical = map[authz.RefKind][]string{
	authz.RefExperiment:      {"02", " 2", "2 ", "2\n", "+2", "-2", "0_2", "２", "٢", "2.0", "0x2", "*", "12345678901234567890"},
	authz.RefRun:             {"../r", "r/x", "-r", "_r", "r\n", "é", "r%", "*", strings.Repeat("r", 257)},
	authz.RefLoggedModel:     {"../m", "m/x", "m\x00", "*"},
	authz.RefTrace:           {"../tr", "tr/x", "trace:/c.s/1", "*", strings.Repeat("t", 257)},
	authz.RefRegisteredModel: {"a\x00b", "*", strings.Repeat("n", 1025)},
	authz.RefReviewQueue:     {"../rq", "rq/x", "rq ", "*"},
	authz.RefLabelSchema:     {"../ls", "ls/x", "*"},
	authz.RefDataset:         {"../d", "d x", "*"},
	authz.RefGatewaySecret:   {"../s", "s x", "*"},
	authz.RefExperimentName:  {"a\x00b", strings.Repeat("n", 1025)},

	authz.RefGatewayEndpoint:     {"../e", "e x", "*"},
	authz.RefGatewayModel:        {"../d", "d x", "*"},
	authz.RefGuardrail:           {"../g", "g x", "*"},
	authz.RefGatewayEndpointName: {"a b", "a/b", "ａ", "*", "a%62", strings.Repeat("e", 257)},
	authz.RefMCPServer:           {"srv", "com.example/srv/x", "com.example/tags", "com.example/ srv", "/srv", "*"},
}

// ids writes every identifier in a spelling that MLflow could take for another, and leaves out every one that is needed.
func (x *sample) ids(all *mutations) {
	for _, n := range x.row.Needs {
		n, ok := n.(fieldNeed)
		if !ok || x.inPath(n.field.names[0]) {
			continue
		}
		name := n.field.names[0]
		for _, bad := range notCanonical[n.of.kind] {
			want := authz.InvalidParameter
			if strings.Contains(bad, "\x00") && !x.inJSON() {
				want = authz.AmbiguousQuery
			}
			all.add(fmt.Sprintf("%s %q", name, bad), want, x.changedAt(n.field, func(p map[string]any) {
				p[name] = replaced(p[name], bad)
			}))
		}
		if n.field.optional || n.field.list {
			continue
		}
		all.add("no "+name, authz.InvalidParameter, x.changedAt(n.field, func(p map[string]any) { delete(p, name) }))
		all.add("empty "+name, authz.InvalidParameter, x.changedAt(n.field, func(p map[string]any) { p[name] = "" }))
		if x.inJSON() {
			all.add("null "+name, authz.InvalidParameter, x.changedAt(n.field, func(p map[string]any) { p[name] = nil }))
		}
		for _, other := range n.field.names[1:] {
			all.add(name+" and another "+other, authz.InvalidParameter, x.changedAt(n.field, func(p map[string]any) { p[other] = "victim" }))
		}
	}
}

// replaced puts an identifier where the sample has one: in a string, a list or an object of a list.
func replaced(old any, id string) any {
	switch old := old.(type) {
	case []any:
		return []any{replaced(old[0], id)}
	case map[string]any:
		object := map[string]any{}
		for k, v := range old {
			object[k] = replaced(v, id)
			if k == "key" {
				object[k] = v
			}
		}
		return object
	default:
		return id
	}
}

// changedAt is the sample with other members in the object that holds the field.
func (x *sample) changedAt(f fieldSpec, change func(holder map[string]any)) authz.Request {
	return x.changed(func(holder map[string]any) {
		for _, outer := range f.within {
			inner := maps.Clone(holder[outer].(map[string]any))
			holder[outer], holder = inner, inner
		}
		change(holder)
	})
}

// types gives every known field a value of another type.
func (x *sample) types(all *mutations) {
	for name, f := range x.m {
		var bad any = map[string]any{"x": 1}
		switch _, isMessage := x.schema.messages[f.Type]; {
		case !x.inJSON() && (f.Type == "string" || f.Repeated):
			continue // a query holds strings only
		case !x.inJSON() || f.Repeated || isMessage || f.Type == "google.protobuf.Struct":
			bad = "no " + f.Type
		}
		if x.inPath(name) {
			bad = "another"
		}
		all.add("a mistyped "+name, authz.InvalidParameter, x.changed(func(p map[string]any) { p[name] = bad }))
	}
}

func camel(name string) string {
	words := strings.Split(name, "_")
	for i := range words[1:] {
		words[i+1] = strings.ToUpper(words[i+1][:1]) + words[i+1][1:]
	}
	return strings.Join(words, "")
}

func (x *sample) json(all *mutations) {
	whole := x.body(x.params)
	send := func(body string) authz.Request { return request(x.row.Method, x.path, body) }
	for name := range x.m {
		for _, alias := range []string{camel(name), strings.ToUpper(name), "_" + name, strings.ReplaceAll(name, "_", "") + "_"} {
			if alias != name {
				all.add("the alias "+alias, authz.AmbiguousBody, x.changed(func(p map[string]any) { p[alias] = "victim" }))
			}
		}
		first := fmt.Sprintf(`{%q:null,`, name)
		if _, sent := x.params[name]; sent {
			all.add("two "+name, authz.AmbiguousBody, send(first+whole[1:]))
			escaped := fmt.Sprintf(`{"\u%04x%s":null,`, name[0], name[1:])
			all.add("two "+name+", one escaped", authz.AmbiguousBody, send(escaped+whole[1:]))
		}
	}
	start := strings.TrimSuffix(whole, "}") + map[bool]string{true: "", false: ","}[whole == "{}"]
	for name, body := range map[string]string{
		"trailing bytes": whole + "x", "two documents": whole + whole, "a NUL after it": whole + "\x00", "a comma after it": whole + ",",
		"a byte order mark": "\xef\xbb\xbf" + whole, "UTF-16": utf16(whole), "a list": "[" + whole + "]", "null": "null", "a string": `"{}"`,
		"invalid UTF-8": start + "\"x\":\"\xff\"}", "a lone surrogate": start + `"x":"\ud800"}`, "NaN": start + `"x":NaN}`,
		"an infinite number": start + `"x":1e999}`, "a long integer": start + `"x":` + strings.Repeat("1", 4301) + "}",
		"an extension": start + `"[mlflow.x]":1}`, "a deep value": start + `"x":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + "}",
		"single quotes": `{'x':1}`, "a comment": "/**/" + whole, "half of it": whole[:len(whole)-1],
	} {
		all.add(name, authz.AmbiguousBody, send(body))
	}
}

func (x *sample) framing(all *mutations) {
	if len(x.params) == 0 {
		return
	}
	for headers, want := range map[string]authz.Reason{
		"-content-length": authz.LengthRequired, "transfer-encoding: chunked": authz.LengthRequired, "content-length: 1": authz.AmbiguousBody,
		"content-length: 1; content-length: 1": authz.AmbiguousBody, "content-encoding: gzip": authz.UnsupportedMedia,
		"content-encoding: identity; content-encoding: br": authz.UnsupportedMedia, "-content-type": authz.UnsupportedMedia,
		"content-type: text/plain": authz.UnsupportedMedia, "content-type: application/json; charset=latin-1": authz.UnsupportedMedia,
		"content-type: application/json; charset=utf-16": authz.UnsupportedMedia, "content-type: multipart/form-data": authz.UnsupportedMedia,
		"proxy: withheld": authz.BodyWithheld,
	} {
		all.add(headers, want, edited(x.request(x.path), headers))
	}
	all.add("a body that did not come", authz.BodyWithheld, edited(request(x.row.Method, x.path, ""), "content-length: 9"))
}

func (x *sample) queries(all *mutations) {
	query := x.query(x.params)
	get := func(query string) authz.Request { return request(x.row.Method, x.path+"?"+query, "") }
	for name, f := range x.m {
		if x.inPath(name) {
			continue
		}
		for _, alias := range []string{camel(name), strings.ToUpper(name)} {
			if alias != name {
				all.add("the alias "+alias, authz.AmbiguousBody, get(query+"&"+alias+"=victim"))
			}
		}
		if _, sent := x.params[name]; sent && !f.Repeated {
			all.add("two "+name, authz.AmbiguousQuery, get(query+"&"+name+"=x"))
		}
	}
	for name, tail := range map[string]string{
		"a broken escape": "&x=%zz", "half an escape": "&x=%4", "invalid UTF-8": "&x=%ff", "a NUL": "&x=%00", "a fragment": "#x", "raw bytes": "&x=é",
		"a raw newline": "&x=\n", "one unknown key twice": "&x=1&x=2",
	} {
		all.add(name, authz.AmbiguousQuery, get(query+tail))
	}
	if x.row.Body == NoBody {
		all.add("a body", authz.AmbiguousBody, request(x.row.Method, x.path+"?"+query, "{}"))
		all.add("an announced body", authz.AmbiguousBody, edited(get(query), "content-length: 2"))
		all.add("a chunked body", authz.AmbiguousBody, edited(get(query), "transfer-encoding: chunked"))
	}
}

func utf16(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(string([]byte{byte(r), 0}))
	}
	return b.String()
}

// TestOpenRowsAskNothing: what is public or ours is not read at all, and only at its own path.
func TestOpenRowsAskNothing(t *testing.T) {
	table := mustTable(t, "")
	for _, row := range Rows() {
		if row.Access == authz.AccessGranted || row.Access == authz.AccessAuthenticated {
			continue
		}
		body := `{"x":1}`
		if row.Body == NoBody {
			body = ""
		}
		for _, path := range Paths(concrete(row.Path)) {
			op, err := table.Map(request(row.Method, path, body))
			if err != nil || op.Name != row.Operation || op.Access != row.Access || len(op.Needs) > 0 {
				t.Errorf("%s %s: %+v, %v", row.Method, path, op, err)
			}
			if _, err := table.Map(request(row.Method, "/"+path, "")); err == nil || reason(err) != authz.AmbiguousPath {
				t.Errorf("%s /%s: %v", row.Method, path, err)
			}
		}
	}
}
