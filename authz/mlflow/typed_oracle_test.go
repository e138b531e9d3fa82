package mlflow

import (
	"strings"
	"testing"
)

// TestTypesAreMLflows compares our check of thousands of values with what MLflow's own parser makes of them (testdata/typed.py): every
// type of field in every place of the requests that have one. What clients send must pass, and of what passes nothing may stop MLflow's
// parser in the middle of the message.
func TestTypesAreMLflows(t *testing.T) {
	for release, least := range map[string]int{"3.17.2": 1000, "2.22.5": 200} {
		t.Run(release, func(t *testing.T) {
			s, accepted, refused, strict := mustSchema(t), 0, 0, 0
			for line := range strings.Lines(readFile(t, "testdata/typed-"+release+".tsv")) {
				kind, name, body, ok := typedCase(t, line)
				err := acceptTyped(s, name, body)
				switch {
				case kind == "TWIN" && (err != nil || !ok):
					t.Errorf("%s %s: %v, although clients send it", name, body, err)
				case err == nil && !ok:
					t.Errorf("%s %s: accepted, but MLflow stops reading in the middle", name, body)
				case err == nil:
					accepted++
				case ok:
					strict++
					if testing.Verbose() {
						t.Logf("strict: %s %s", name, body)
					}
				default:
					refused++
				}
			}
			if accepted < least || refused < least {
				t.Errorf("accepted %d and refused %d: too few to say anything", accepted, refused)
			}
			t.Logf("accepted %d, refused %d, and %d that MLflow takes", accepted, refused, strict)
		})
	}
}

func typedCase(t testing.TB, line string) (kind, message, body string, ok bool) {
	t.Helper()
	c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
	if len(c) != 4 {
		t.Fatalf("%q has %d columns", line, len(c))
	}
	return c[0], c[1], c[2], c[3] == "ok"
}

func acceptTyped(s schema, message, body string) error {
	object, err := readBody([]byte(body))
	if err != nil {
		return err
	}
	return s.checkMessage(s.messages[message], object)
}
