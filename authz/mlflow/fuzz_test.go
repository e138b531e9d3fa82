package mlflow

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"extauthz/authz"
)

// FuzzDecodePath: an accepted path has one reading. It holds nothing that a second decoding or a normalisation would change, and written
// out canonically it is read as itself.
func FuzzDecodePath(f *testing.F) {
	for _, s := range scenesOf(f) {
		path, _ := splitTarget(s.Target)
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		path, err := decodePath(raw)
		if err != nil {
			return
		}
		for _, bad := range []string{"%", `\`, "//", "/./", "/../", "\x00", "#", "?", "\x7f"} {
			if strings.Contains(path+"/", bad) && !(bad == "//" && strings.HasSuffix(path, "/") && !strings.Contains(path, bad)) {
				t.Errorf("%q is read as %q, which has %q", raw, path, bad)
			}
		}
		if !strings.HasPrefix(path, "/") || !utf8.ValidString(path) {
			t.Errorf("%q is read as %q", raw, path)
		}
		again, err := decodePath((&url.URL{Path: path}).EscapedPath())
		if err != nil || again != path {
			t.Errorf("%q is read as %q, and that as %q, %v", raw, path, again, err)
		}
		if unescaped, err := url.PathUnescape(raw); err != nil || unescaped != path {
			t.Errorf("%q is read as %q, by Go as %q, %v", raw, path, unescaped, err)
		}
	})
}

// FuzzParseQuery: an accepted query is read by Go's parser in the same way, unless it holds a semicolon, which Go refuses.
func FuzzParseQuery(f *testing.F) {
	for _, s := range scenesOf(f) {
		_, query := splitTarget(s.Target)
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		values, err := parseQuery(raw)
		if err != nil {
			return
		}
		theirs, err := url.ParseQuery(strings.ReplaceAll(raw, ";", "%3B"))
		if err != nil || len(values) != len(theirs) || len(values) > 0 && !reflect.DeepEqual(url.Values(values), theirs) {
			t.Errorf("%q is read as %v, by Go as %v, %v", raw, values, theirs, err)
		}
		for k, v := range values {
			if text := k + strings.Join(v, ""); !utf8.ValidString(text) || strings.Contains(text, "\x00") {
				t.Errorf("%q is read as %q", raw, values)
			}
		}
		again, err := parseQuery(url.Values(values).Encode())
		if err != nil || len(values) > 0 && !reflect.DeepEqual(again, values) {
			t.Errorf("%q is read as %v, and that as %v, %v", raw, values, again, err)
		}
	})
}

// FuzzReadBody: an accepted body is one JSON object to encoding/json as well, with the same names and values.
func FuzzReadBody(f *testing.F) {
	for _, s := range scenesOf(f) {
		f.Add(s.Body)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		ours, err := readBody(raw)
		if err != nil {
			return
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		var theirs map[string]any
		if err := d.Decode(&theirs); err != nil {
			t.Fatalf("%q is accepted, but: %v", raw, err)
		}
		if _, err := d.Token(); err != io.EOF {
			t.Fatalf("%q is accepted with something behind it: %v", raw, err)
		}
		if !utf8.Valid(raw) || !reflect.DeepEqual(plain(ours), any(theirs)) {
			t.Errorf("%q is read as %v, by encoding/json as %v", raw, ours, theirs)
		}
	})
}

// plain turns our numbers into encoding/json's.
func plain(v any) any {
	switch v := v.(type) {
	case number:
		return json.Number(v)
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}

// FuzzArtifactPath: a path that belongs to an experiment starts with its number and stays below it however often MLflow decodes and
// resolves it.
func FuzzArtifactPath(f *testing.F) {
	for _, s := range []string{"7/r/artifacts/f", "7", "07/r", "./7/r", "7/../8", "7/%2e%2e/8", "7/%252e%252e/8", `7/..\8`, "7//r", "%37/r", "7%2fr", "workspaces/w/7/r", "٧/r", "7/r/f;1", "", "/7"} {
		f.Add(s)
	}
	n := artifact{authz.CanRead, "path"}
	f.Fuzz(func(t *testing.T, path string) {
		needs, err := n.needs(input{params: map[string]any{"path": path}})
		if err != nil || needs[0].Ref.Kind != authz.RefExperiment {
			return
		}
		id := needs[0].Ref.ID
		if resolved := resolve(path); resolved != path || !strings.HasPrefix(resolved+"/", id+"/") || !canonicalExperimentID(id) {
			t.Errorf("%q is experiment %q, but resolves to %q", path, id, resolved)
		}
	})
}

// resolve is what MLflow and a file system make of an artifact path (mlflow/utils/uri.py, validate_path_is_safe; os.path.normpath).
func resolve(path string) string {
	for range 10 {
		decoded, err := url.PathUnescape(path)
		if err != nil || decoded == path {
			break
		}
		path = decoded
	}
	var kept []string
	for segment := range strings.SplitSeq(strings.ReplaceAll(path, `\`, "/"), "/") {
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, segment)
		}
	}
	return strings.Join(kept, "/")
}

// FuzzModelSource: what Python's urlparse would take out or read otherwise is refused, and what a source needs is named in it.
func FuzzModelSource(f *testing.F) {
	for _, s := range []string{
		"runs:/r1/model", "runs://h/r1/model", "models:/n/1", "models:/n@a", "models:/m-1", "models://h/n/1", "models:/a@b/1", "models:/n/1/2",
		"mlflow-artifacts:/7/r/artifacts", "mlflow-artifacts://h:1/7/r", "mlflow-artifacts:///7/r", "s3://b/k", "/data/7/r", "file:///data", "MODELS:/n/1",
		"mod\nels:/n/1", " models:/n/1", "models:/n\t/1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		needs, err := modelSource{}.needs(input{params: map[string]any{"source": source}})
		if err != nil {
			return
		}
		ref := needs[0].Ref
		if strings.ContainsAny(source, "\t\r\n?#%\\") || !strings.Contains(source, ref.ID) {
			t.Errorf("%q needs %+v", source, ref)
		}
		scheme, rest, hasScheme := strings.Cut(source, ":/")
		if lower := strings.ToLower(strings.TrimSpace(scheme)); hasScheme && lower == scheme {
			want, special := map[string][]authz.RefKind{
				"runs": {authz.RefRun}, "models": {authz.RefRegisteredModel, authz.RefLoggedModel}, "mlflow-artifacts": {authz.RefExperiment},
			}[scheme]
			if special && ref.Kind != want[0] && ref.Kind != want[len(want)-1] {
				t.Errorf("%q needs %+v", source, ref)
			}
			if special && scheme != "mlflow-artifacts" && !strings.HasPrefix(rest, ref.ID) {
				t.Errorf("%q needs %+v, which it does not start with", source, ref)
			}
		}
	})
}

// scenesOf is the seed corpus: every request of testdata/cases.txt.
func scenesOf(f *testing.F) []authz.Request {
	f.Helper()
	var all []authz.Request
	for _, s := range scenes(f) {
		for _, c := range s.cases {
			all = append(all, c.request)
		}
	}
	return all
}
