package mlflow

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extauthz/authz"
)

// TestCases plays testdata/cases.txt. Every scene has a request that is refused, or needs something, beside one that its owner may send.
func TestCases(t *testing.T) {
	table := mustTable(t, "")
	for _, s := range scenes(t) {
		t.Run(s.name, func(t *testing.T) {
			outcomes := map[bool]int{}
			for _, c := range s.cases {
				op, err := table.Map(c.request)
				if diff := cmp.Diff(c.want, outcome(op, err)); diff != "" {
					t.Errorf("line %d: %s\n(-want +got):\n%s", c.line, c.text, diff)
				}
				outcomes[err == nil]++
			}
			if outcomes[true] == 0 || len(s.cases) < 2 {
				t.Error("nothing here shows that the owner succeeds")
			}
		})
	}
}

type scene struct {
	name  string
	cases []sceneCase
}

type sceneCase struct {
	line       int
	text, want string
	request    authz.Request
}

func scenes(t testing.TB) []scene {
	t.Helper()
	var all []scene
	fresh := true
	for i, line := range strings.Split(readFile(t, "testdata/cases.txt"), "\n") {
		switch {
		case strings.HasPrefix(line, "--"):
		case line == "":
			fresh = true
		case fresh:
			all, fresh = append(all, scene{name: line}), false
		default:
			s := &all[len(all)-1]
			s.cases = append(s.cases, parseCase(t, i+1, line))
		}
	}
	return all
}

func parseCase(t testing.TB, number int, line string) sceneCase {
	t.Helper()
	text, want, ok := strings.Cut(line, " => ")
	method, rest, _ := strings.Cut(text, " ")
	target, rest, _ := strings.Cut(rest, " ")
	if !ok || target == "" {
		t.Fatalf("line %d: want METHOD target … => outcome", number)
	}
	headers := ""
	if strings.HasPrefix(rest, "[") && rest != "[]" {
		headers, rest, _ = strings.Cut(rest[1:], "]")
		rest = strings.TrimPrefix(rest, " ")
	}
	if strings.HasPrefix(rest, `"`) {
		unquoted, err := strconv.Unquote(rest)
		if err != nil {
			t.Fatalf("line %d: %v", number, err)
		}
		rest = unquoted
	}
	return sceneCase{number, text, want, edited(request(method, target, rest), headers)}
}

// request is what an ordinary client sends.
func request(method, target, body string) authz.Request {
	r := authz.Request{Method: method, Target: target, Headers: authz.Headers{}}
	if body != "" {
		r.Body = []byte(body)
		r.Headers["content-length"] = []string{strconv.Itoa(len(body))}
		r.Headers["content-type"] = []string{"application/json"}
	}
	return r
}

// edited replaces headers, or drops those with a minus.
func edited(r authz.Request, headers string) authz.Request {
	written := map[string]bool{}
	for h := range strings.SplitSeq(strings.ReplaceAll(headers, "; charset", ";\x00charset"), "; ") {
		name, value, _ := strings.Cut(strings.ReplaceAll(h, "\x00", " "), ": ")
		switch {
		case name == "":
		case strings.HasPrefix(name, "-"):
			delete(r.Headers, name[1:])
		case name == "proxy":
			r.Proxy.WithholdsBody = true
		case written[name]:
			r.Headers[name] = append(r.Headers[name], value)
		default:
			r.Headers[name], written[name] = []string{value}, true
		}
	}
	return r
}

var refNames = map[authz.RefKind]string{
	authz.RefExperiment: "experiment", authz.RefExperimentName: "experiment named", authz.RefRun: "run", authz.RefLoggedModel: "logged model",
	authz.RefRegisteredModel: "registered model", authz.RefArtifactURI: "location", authz.RefArtifactPath: "artifact path",
	authz.RefEverything:          "everything without",
	authz.RefTrace:               "trace",
	authz.RefNewTrace:            "new trace",
	authz.RefNewAssessments:      "ids of assessments",
	authz.RefDataset:             "dataset",
	authz.RefIssue:               "issue",
	authz.RefReviewQueue:         "review queue",
	authz.RefReviewQueueName:     "review queue named",
	authz.RefLabelSchema:         "label schema",
	authz.RefPromptJob:           "prompt job",
	authz.RefJob:                 "job",
	authz.RefGatewaySecret:       "gateway secret",
	authz.RefGatewayEndpointName: "gateway endpoint named",
	authz.RefAdminOnly:           "only by an admin:",
	authz.RefWorkspace:           "workspace",
	authz.RefGatewayEndpoint:     "gateway endpoint",
	authz.RefGatewayModel:        "gateway model",
	authz.RefGuardrail:           "guardrail",
	authz.RefExperimentToBe:      "experiment to be",
	authz.RefTracedEndpoint:      "traces of endpoint",
	authz.RefMCPServer:           "mcp server",
	authz.RefMCPServerToBe:       "mcp server to be",
	authz.RefSkill:               "skill",
	authz.RefSkillToBe:           "skill to be",
}

func reason(err error) authz.Reason {
	var r *authz.Refusal
	if !errors.As(err, &r) {
		return "no refusal: " + authz.Reason(err.Error())
	}
	return r.Reason
}

// outcome says in one line what the mapper made of a request. Vetoes and the kinds of parts are left out: they depend on the row alone, and
// routes.golden shows them.
func outcome(op authz.Operation, err error) string {
	if err != nil {
		return string(reason(err))
	}
	var parts, needs []string
	for _, n := range op.Needs {
		if n.Action == authz.NotDenied {
			continue
		}
		text := fmt.Sprintf("%s %s %s", n.Action, refNames[n.Ref.Kind], n.Ref.ID)
		if n.PartID != "" {
			text += " as " + string(n.Part) + " " + n.PartID
		}
		if n.Only != 0 {
			text += " " + relations[n.Only]
		}
		if n.As != "" {
			text += " called " + n.As
		}
		if n.Ref.Run != "" {
			text += " of run " + n.Ref.Run
		}
		if n.Ref.Model != "" {
			text += " of model " + n.Ref.Model
		}
		if n.Ref.Trace != "" {
			text += " of trace " + n.Ref.Trace
		}
		if n.Ref.Kind == authz.RefNewTrace || n.Ref.Kind == authz.RefNewAssessments {
			text += " in experiment " + n.Ref.Experiment
		}
		if !slices.Contains(needs, text) {
			needs = append(needs, text)
		}
	}
	if len(needs) > 0 {
		parts = append(parts, strings.Join(needs, ", "))
	}
	if s := op.Subject; s.Resource.Kind != "" {
		parts = append(parts, subject(op))
	}
	if len(parts) == 0 {
		parts = append(parts, accessNames[op.Access])
	}
	return op.Name + ": " + strings.Join(parts, "; ")
}

func subject(op authz.Operation) string {
	text := string(op.Response) + " " + string(op.Subject.Resource.Kind)
	switch {
	case op.Subject.Resource.ID == "":
		return strings.TrimSuffix(text+" named "+op.Subject.Name, " named ")
	case op.Subject.Name != "":
		return text + " " + op.Subject.Resource.ID + " to " + op.Subject.Name
	default:
		return text + " " + op.Subject.Resource.ID
	}
}

func mustTable(t testing.TB, staticPrefix string) *Table {
	t.Helper()
	table, err := New(Server{StaticPrefix: staticPrefix})
	if err != nil {
		t.Fatal(err)
	}
	return table
}
