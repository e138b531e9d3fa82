package mlflow

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"extauthz/authz"
)

// TestMLflowReadsWhatWeAccept compares our reading of thousands of bodies and queries with what MLflow's own code made of them
// (testdata/oracle.py): whatever we accept, MLflow must parse without an error, and every field must say the same to both.
func TestMLflowReadsWhatWeAccept(t *testing.T) {
	for _, release := range []string{"3.17.2", "2.22.5"} {
		t.Run(release, func(t *testing.T) {
			o := oracle{t: t, schema: mustSchema(t), has: map[string]map[string]bool{}}
			for line := range strings.Lines(readFile(t, "testdata/oracle-"+release+".tsv")) {
				o.ask(strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
			}
			if o.accepted < 500 || o.refused < 500 {
				t.Errorf("accepted %d and refused %d: too few to say anything", o.accepted, o.refused)
			}
			t.Logf("accepted %d, refused %d of which MLflow reads %d", o.accepted, o.refused, o.strict)
		})
	}
}

type oracle struct {
	t                         *testing.T
	schema                    schema
	has                       map[string]map[string]bool // the fields of a message in that release
	accepted, refused, strict int
}

func (o *oracle) ask(columns []string) {
	kind, name, text := columns[0], columns[1], columns[2]
	if kind == "SOURCE" {
		o.source(text, columns[3])
		return
	}
	if kind == "FIELDS" {
		o.has[name] = map[string]bool{}
		for field := range strings.SplitSeq(text, ",") {
			o.has[name][field] = true
		}
		return
	}
	ours, err := o.read(kind, name, latin1(o.t, text))
	theirs, readable := map[string]any{}, columns[3] != "error"
	if readable && json.Unmarshal([]byte(columns[3]), &theirs) != nil {
		o.t.Fatalf("cannot read %q", columns[3])
	}
	switch {
	case err != nil:
		o.refused++
		if readable {
			o.strict++
		}
	case ours["experiment_id"] == nil && ours["experiment_ids"] == nil && strings.Contains(text, `null}`):
		// MLflow 2 makes "None" of it, or fails. Every row with such a field needs it, so null is refused there.
	case !readable:
		o.t.Errorf("%s %s %s: accepted, but MLflow stops reading in the middle", kind, name, text)
	default:
		o.accepted++
		o.compare(kind+" "+name+" "+text, name, ours, theirs)
	}
}

// read is what Table.read does, for any message.
func (o *oracle) read(kind, name, text string) (map[string]any, error) {
	m := o.schema.messages[name]
	if kind == "POST" {
		if text == "" {
			return map[string]any{}, nil
		}
		object, err := readBody([]byte(text))
		if err != nil {
			return nil, err
		}
		return object, o.schema.checkMessage(m, object)
	}
	query, err := parseQuery(text)
	if err != nil {
		return nil, err
	}
	row := &Row{Operation: name}
	table := Table{schema: o.schema, messages: map[*Row]message{row: m}}
	return table.readQuery(row, query)
}

// source compares what a model version's source needs with what MLflow would fetch.
func (o *oracle) source(quoted, theirs string) {
	var uri string
	if err := json.Unmarshal([]byte(quoted), &uri); err != nil {
		o.t.Fatal(err)
	}
	needs, err := modelSource{}.needs(input{params: map[string]any{"source": uri}})
	if err != nil {
		o.refused++
		return
	}
	o.accepted++
	ref := needs[0].Ref
	ours := refNames[ref.Kind] + " " + ref.ID
	if ref.Kind == authz.RefArtifactURI || ref.Kind == authz.RefExperiment {
		ours = "other"
	}
	if ours != theirs && theirs != "error" {
		o.t.Errorf("%s is %s to us and %s to MLflow", quoted, ours, theirs)
	}
}

// compare looks at strings and lists of strings, which is where identifiers are.
func (o *oracle) compare(where, name string, ours, theirs map[string]any) {
	for field, f := range o.schema.messages[name] {
		if f.Type != "string" || f.Map || !o.has[name][field] {
			continue
		}
		a, b := ours[field], theirs[field]
		if list, ok := a.([]any); ok && len(list) == 0 {
			a = nil
		}
		if !reflect.DeepEqual(a, b) {
			o.t.Errorf("%s: %s is %q to us and %q to MLflow", where, field, a, b)
		}
	}
}

func mustSchema(t testing.TB) schema {
	t.Helper()
	s, err := parseSchema(messagesText)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// latin1 turns a JSON string of one character a byte into these bytes.
func latin1(t testing.TB, quoted string) string {
	t.Helper()
	var s string
	if err := json.Unmarshal([]byte(quoted), &s); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}
