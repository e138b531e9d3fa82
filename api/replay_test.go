package api

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"testing"

	"extauthz/authz"
)

// line is one request to a real MLflow server and its answer, or something that happened there between two of them. See testdata/extract.py.
type line struct {
	Name   string
	User   string
	Method string
	Path   string
	Type   string
	Body   string
	Status int
	Answer any

	World, Kind, ID, To string
}

// difference is an answer that is ours and not MLflow's.
type difference struct {
	name   string
	status int
	why    string
}

const (
	oneAPI      = "both generations are served at once"
	strictInput = "input that two readers could read in two ways is refused"
	namesRule   = "usernames are letters, digits and . _ @ + - only"
)

var differences = map[string][]difference{
	"2.22.5": {
		{"create username with colon/space", 400, namesRule},
		{"create charset ctype", 200, "a charset parameter that says utf-8 says nothing new (as 3.17.2)"},
		{"get dup param self first", 400, strictInput},
		{"get dup param other first", 400, strictInput},
		{"ajax get self", 200, oneAPI},
		{"list users admin", 200, oneAPI},
		{"list users non-admin", 200, oneAPI},
		{"current user", 200, oneAPI},
		{"current user perms", 200, oneAPI},
		{"pw self wrong current", 400, "current_password is verified when it is sent (as 3.17.2)"},
		{"pw self same as current", 400, "current_password is verified when it is sent (as 3.17.2)"},
		{"pw self ok", 400, "follows from the line before: the password was not changed"},
		{"pw self short", 400, "the rule for passwords holds for updates, too (as 3.17.2)"},
		{"delete via query string", 200, "DELETE takes its parameters from the query when there is no body (as 3.8.1)"},
		{"exp perm delete with query args", 200, "DELETE takes its parameters from the query when there is no body (as 3.8.1)"},
		{"exp perm delete ok", 404, "follows from the line before: the permission is gone"},
		{"admin deletes user dave", 200, "a user who owns grants can be deleted"},
		{"recreate dave", 200, "follows from the line before: the name is free"},
		{"admin deletes self", 400, "nobody deletes the own account (as 3.17.2)"},
	},
	"3.17.2": {
		{"create username with colon/space", 400, namesRule},
		{"get dup param self first", 400, strictInput},
		{"get dup param other first", 400, strictInput},
		{"list users admin", 200, "same status; the list lacks the user that could not be created"},
		{"list users non-admin", 200, "same status; the list lacks the user that could not be created"},
		{"pw self without current", 200, "clients up to 3.12 cannot send current_password; browsers must (TestBrowserSendsCurrentPassword)"},
		{"pw self ok", 400, "follows from the line before: the password is another one"},
		{"old endpoint experiments/permissions/create still served?", 200, oneAPI},
		{"old endpoint experiments/permissions/get still served?", 200, oneAPI},
		{"perm get prompt by name", 200, "prompts can be granted on by id, so they can be asked about by id"},
		{"grant scorer bad id", 400, "a grant that no scorer could ever match is refused"},
		{"user roles list", 200, "there are no roles yet, and the user's hidden one is not shown"},
		{"user roles list self", 200, "there are no roles yet, and the user's hidden one is not shown"},
	},
}

func TestReplay(t *testing.T) {
	for version, expected := range differences {
		t.Run(version, func(t *testing.T) {
			r := &replay{fixture: emptyFixture(t), ids: map[float64]float64{}}
			unseen := map[string]difference{}
			for _, d := range expected {
				unseen[d.name] = d
			}
			for _, l := range readLines(t, "testdata/golden-"+version+".jsonl") {
				r.play(l, unseen)
			}
			for name := range unseen {
				t.Errorf("%q answers as MLflow does: it is no difference any more", name)
			}
		})
	}
}

func readLines(t *testing.T, path string) []line {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var lines []line
	for s := bufio.NewScanner(f); s.Scan(); {
		var l line
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}

// replay follows a transcript. ids maps the user ids of the transcript to ours.
type replay struct {
	*fixture
	ids map[float64]float64
}

func (r *replay) play(l line, unseen map[string]difference) {
	r.Helper()
	if l.World != "" {
		r.world(l)
		return
	}
	a := r.call(l.User, l.Method, l.Path, l.Body, func(q *http.Request) {
		q.Header.Del("Content-Type")
		if l.Type != "" {
			q.Header.Set("Content-Type", l.Type)
		}
	})
	r.learn(l, a)
	same := a.status == l.Status && r.sameAnswer(l, a)
	d, differs := unseen[l.Name]
	delete(unseen, l.Name)
	switch {
	case differs && same:
		r.Errorf("%q answers as MLflow does: it is no difference any more", l.Name)
	case differs && a.status != d.status:
		r.Errorf("%q = %d %s, want our own %d", l.Name, a.status, a.body, d.status)
	case !differs && !same:
		r.Errorf("%q = %d %s, MLflow answers %d %v", l.Name, a.status, a.body, l.Status, l.Answer)
	}
}

// learn remembers a password that has just been set.
func (r *replay) learn(l line, a reply) {
	var said struct{ Username, Password string }
	_ = json.Unmarshal([]byte(l.Body), &said)
	if a.status == http.StatusOK && said.Password != "" {
		r.passwords[said.Username] = said.Password
	}
}

func (r *replay) world(l line) {
	r.Helper()
	resource := authz.InDefault(authz.Kind(l.Kind), l.ID)
	var err error
	switch l.World {
	case "user":
		r.createUser(l.User)
	case "own":
		r.own(l.User, resource.Kind, resource.ID)
	case "move":
		err = r.store.Move(r.Context(), resource, authz.InDefault(resource.Kind, l.To))
	case "forget":
		err = r.store.Forget(r.Context(), resource)
	default:
		r.Fatalf("unknown world line %q", l.World)
	}
	if err != nil {
		r.Fatal(err)
	}
}

// sameAnswer compares JSON. A want without one is plain text or HTML, where ours is JSON.
func (r *replay) sameAnswer(l line, a reply) bool {
	if l.Answer == nil {
		return true
	}
	var got any
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		return false
	}
	return r.same(l.Answer, got)
}

func (r *replay) same(want, got any) bool {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		return ok && r.sameObject(want, got)
	case []any:
		got, ok := got.([]any)
		ok = ok && len(got) == len(want)
		for i := 0; ok && i < len(want); i++ {
			ok = r.same(want[i], got[i])
		}
		return ok
	default:
		return reflect.DeepEqual(want, got)
	}
}

// ownKeys may be in our objects only: the texts of errors, and what clients of other releases read.
var ownKeys = map[string]bool{"message": true, "experiment_permissions": true, "registered_model_permissions": true}

func (r *replay) sameObject(want, got map[string]any) bool {
	for key, g := range got {
		if _, ok := want[key]; !ok && !ownKeys[key] {
			return false
		}
		switch key {
		case "id", "user_id":
			if !r.sameID(want[key], g) {
				return false
			}
		case "role_id", "role_name": // of the hidden role, which is ours
		default:
			if w, ok := want[key]; ok && !r.same(w, g) {
				return false
			}
		}
	}
	for key := range want {
		if _, ok := got[key]; !ok {
			return false
		}
	}
	return true
}

// sameID learns an id when it appears for the first time.
func (r *replay) sameID(want, got any) bool {
	theirs, _ := want.(float64)
	ours, _ := got.(float64)
	if _, known := r.ids[theirs]; !known {
		r.ids[theirs] = ours
	}
	return ours != 0 && r.ids[theirs] == ours
}
