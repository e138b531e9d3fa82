package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// question is what is to be explained.
type question struct {
	RequestID string            `json:"request_id,omitzero"`
	Username  string            `json:"username,omitzero"`
	Method    string            `json:"method,omitzero"`
	Target    string            `json:"target,omitzero"`
	Body      string            `json:"body,omitzero"`
	Headers   map[string]string `json:"headers,omitzero"`
	Suppose   []supposition     `json:"suppose,omitzero"`
}

func explainCommand() *cobra.Command {
	var q question
	var headers, supposed []string
	cmd := adminCommand("explain [USERNAME METHOD TARGET]", "Tell how a request is decided, and why", func(s session, args []string) error {
		if err := q.ask(args, headers); err != nil {
			return err
		}
		suppose, err := suppositions(supposed, s.workspace())
		if err != nil {
			return err
		}
		return s.explain(q, suppose)
	})
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if want := (len(args) == 3); want == (q.RequestID != "") || len(args) != 0 && !want {
			return usage("give USERNAME METHOD TARGET, or --request ID")
		}
		return nil
	}
	cmd.Long = "Tell how a request is decided: the operation that it is, what that needs, how its resources were found, and which grants were looked at.\n" +
		"The service decides it as it decides every check, and changes nothing. METHOD and TARGET are as on the wire; a denied request can be named by\n" +
		"its id instead, which is in the answer's x-request-id and in Envoy's log: the service remembers the last 1000.\n\n" +
		"--suppose takes a grant for there, and tells whether that would change the decision: USERNAME RESOURCE PERMISSION, with role:NAME for a role's,\n" +
		"and the permission \"none\" for a grant that is not there."
	cmd.Example = "  extauthz explain alice GET '/api/2.0/mlflow/experiments/get?experiment_id=7'\n" +
		"  extauthz explain bob POST /api/2.0/mlflow/experiments/delete --data '{\"experiment_id\":\"7\"}' --suppose 'bob experiment/7 MANAGE'\n" +
		"  extauthz explain --request 8d5f7bb2-2d62-4f7b-a9a6-6d2f9e3c1b3a"
	f := cmd.Flags()
	f.StringVar(&q.RequestID, "request", "", "id of a request that was denied")
	f.StringVar(&q.Username, "as", "", "with --request: as if this user had sent it")
	f.StringVarP(&q.Body, "data", "d", "", "body of the request; JSON unless a header says otherwise")
	f.StringArrayVarP(&headers, "header", "H", nil, "header of the request, as \"Name: value\"; several are allowed")
	f.StringArrayVar(&supposed, "suppose", nil, "a grant to suppose, as \"alice experiment/7 EDIT\"; several are allowed")
	return cmd
}

// ask fills in what is not a flag.
func (q *question) ask(args, headers []string) error {
	if len(args) == 3 {
		if q.Username != "" {
			return usage("--as goes with --request")
		}
		q.Username, q.Method, q.Target = args[0], strings.ToUpper(args[1]), args[2]
	}
	q.Headers = map[string]string{}
	for _, h := range headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return usage("%q is no header: write \"Name: value\"", h)
		}
		q.Headers[name] = strings.TrimSpace(value)
	}
	return nil
}

// supposition is a grant that may not be there; with no permission, one that may be.
type supposition struct {
	Username     string `json:"username,omitzero"`
	Role         string `json:"role,omitzero"`
	ResourceType string `json:"resource_type"`
	ResourceID   string `json:"resource_id"`
	Workspace    string `json:"workspace,omitzero"`
	Permission   string `json:"permission"`
}

func suppositions(texts []string, workspace string) ([]supposition, error) {
	var all []supposition
	for _, text := range texts {
		words := strings.Fields(text)
		if len(words) != 3 {
			return nil, usage("--suppose %q: write USERNAME RESOURCE PERMISSION, for example \"alice experiment/7 EDIT\"", text)
		}
		r, err := parseResource(words[1], workspace)
		if err != nil {
			return nil, err
		}
		s := supposition{ResourceType: r.kind, ResourceID: r.id, Workspace: r.workspace}
		if !strings.EqualFold(words[2], "none") {
			if s.Permission, err = permissionNamed(words[2]); err != nil {
				return nil, err
			}
		}
		var role bool
		if s.Role, role = strings.CutPrefix(words[0], "role:"); !role {
			s.Role, s.Username = "", words[0]
		}
		all = append(all, s)
	}
	return all, nil
}

// explanation is the answer.
type explanation struct {
	Checks []struct {
		Action     string         `json:"action"`
		Default    bool           `json:"default"`
		Met        bool           `json:"met"`
		Needs      string         `json:"needs"`
		Permission string         `json:"permission"`
		Resource   resourceAnswer `json:"resource"`
		Scoped     bool           `json:"scoped"`
		Why        string         `json:"why"`
	} `json:"checks"`
	Decision string `json:"decision"`
	Grants   []struct {
		Holder     string         `json:"holder"`
		Permission string         `json:"permission"`
		Resource   resourceAnswer `json:"resource"`
		Supposed   bool           `json:"supposed"`
	} `json:"grants"`
	Lookups []struct {
		Error string           `json:"error"`
		Found []resourceAnswer `json:"found"`
		ID    string           `json:"id"`
		Kind  string           `json:"kind"`
	} `json:"lookups"`
	Mapped    bool   `json:"mapped"`
	Message   string `json:"message"`
	Operation string `json:"operation"`
	Principal struct {
		IsAdmin  bool     `json:"is_admin"`
		Roles    []uint64 `json:"role_ids"`
		Scoped   bool     `json:"scoped"`
		Username string   `json:"username"`
	} `json:"principal"`
	Reason string `json:"reason"`
	Status int    `json:"status"`
	Then   *struct {
		At     time.Time `json:"at"`
		Method string    `json:"method"`
		Path   string    `json:"path"`
		Reason string    `json:"reason"`
	} `json:"then"`
}

type resourceAnswer struct {
	ID        string `json:"resource_id"`
	Type      string `json:"resource_type"`
	Workspace string `json:"workspace"`
}

func (r resourceAnswer) String() string { return resource{r.Type, r.ID, r.Workspace}.String() }

// explained is what a program gets: how it is, and with --suppose how it would be.
type explained struct {
	Explanation explanation  `json:"explanation"`
	Supposed    *explanation `json:"supposed,omitzero"`
}

func (s session) explain(q question, suppose []supposition) error {
	var e explained
	if err := s.call(http.MethodPost, ours+"explain", q, &e.Explanation); err != nil {
		return err
	}
	if len(suppose) > 0 {
		q.Suppose, e.Supposed = suppose, new(explanation)
		if err := s.call(http.MethodPost, ours+"explain", q, e.Supposed); err != nil {
			return err
		}
	}
	if s.format == "json" {
		return printJSON(s.OutOrStdout(), e)
	}
	return e.write(s.OutOrStdout())
}

func (e explained) write(w io.Writer) error {
	if err := e.Explanation.write(w); err != nil || e.Supposed == nil {
		return err
	}
	if e.Supposed.Decision == e.Explanation.Decision && e.Supposed.Reason == e.Explanation.Reason {
		fmt.Fprintln(w, "\nWhat is supposed would change nothing: "+printable(verdict(*e.Supposed)))
	} else {
		fmt.Fprintln(w, "\nWith what is supposed: "+printable(verdict(*e.Supposed)))
	}
	return e.Supposed.writeEvidence(w)
}

func verdict(e explanation) string {
	word := map[string]string{"allow": "allowed", "deny": "denied"}[e.Decision]
	if e.Message == "" {
		return word + " (" + e.Reason + ")"
	}
	return word + " (" + e.Reason + "): " + e.Message
}

func (e explanation) write(w io.Writer) error {
	names := table{}
	names.row("decision", verdict(e))
	if e.Then != nil {
		names.row("then", e.Then.Method+" "+e.Then.Path+" at "+moment(&e.Then.At, "")+": "+e.Then.Reason)
	}
	names.row("operation", cmp.Or(e.Operation, "none: no row of the route table names this request"))
	names.row("user", e.Principal.Username+map[bool]string{true: ", an admin"}[e.Principal.IsAdmin])
	if err := names.write(w); err != nil {
		return err
	}
	return e.writeEvidence(w)
}

// writeEvidence lists what was needed, looked up and looked at. What is not there has no heading.
func (e explanation) writeEvidence(w io.Writer) error {
	for _, t := range []table{e.needs(), e.found(), e.looked()} {
		if len(t.rows) == 0 {
			continue
		}
		fmt.Fprintln(w)
		if err := t.write(w); err != nil {
			return err
		}
	}
	return nil
}

// needs has a row once: what is needed for each part of a whole is often the same.
func (e explanation) needs() table {
	t := table{head: []string{"NEEDS", "ON", "HAS", "WHY", "MET"}}
	for _, c := range e.Checks {
		row := []string{c.Needs, c.Resource.String(), c.Permission, c.Why, yesNo(c.Met)}
		if !slices.ContainsFunc(t.rows, func(other []string) bool { return slices.Equal(row, other) }) {
			t.row(row...)
		}
	}
	return t
}

func (e explanation) found() table {
	t := table{head: []string{"LOOKED UP", "FOUND"}}
	for _, l := range e.Lookups {
		var all []string
		for _, r := range l.Found {
			all = append(all, r.String())
		}
		t.row(l.Kind+" "+l.ID, cmp.Or(l.Error, strings.Join(all, ", "), "nothing"))
	}
	return t
}

// looked has a row for each grant, and one for all places where there was none.
func (e explanation) looked() table {
	t := table{head: []string{"GRANTS OF", "PERMISSION", "ON"}}
	var holders []string
	nothing := map[string][]string{}
	for _, g := range e.Grants {
		switch {
		case g.Permission != "" || g.Supposed:
			t.row(g.Holder, cmp.Or(g.Permission, "none")+map[bool]string{true: ", supposed"}[g.Supposed], g.Resource.String())
		case nothing[g.Holder] == nil:
			holders = append(holders, g.Holder)
			fallthrough
		default:
			nothing[g.Holder] = append(nothing[g.Holder], g.Resource.String())
		}
	}
	for _, h := range holders {
		t.row(h, "none", strings.Join(nothing[h], ", "))
	}
	return t
}
