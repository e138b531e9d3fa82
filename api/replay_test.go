package api

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
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
	// Cookie says that the sign-up form's was sent along, Alert and Href what the answer to the form has the browser do.
	Cookie      bool
	Alert, Href string

	World, Kind, ID, To string
}

// difference is an answer that is ours and not MLflow's.
type difference struct {
	name   string
	status int
	why    string
}

const (
	oneAPI        = "both generations are served at once"
	strictInput   = "input that two readers could read in two ways is refused"
	rolesAreShown = "roles are shown to who has one in the workspace, and not to all who ever created something there"
	hiddenRoles   = "what is granted to a user directly is no role of the workspace: it is in the user's own lists only"
	namesRule     = "usernames are letters, digits and . _ @ + - only"
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
		{"create-ui as non-admin with admin's csrf cookie", 403, "only who may create users may send the form (as 3.17.2)"},
		{"create-ui non-admin no csrf", 403, "only who may create users may send the form (as 3.17.2)"},
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
		{"role get non-member", 403, rolesAreShown},
		{"role list ws user", 403, rolesAreShown},
		{"role list ws", 200, hiddenRoles},
		{"role list all admin", 200, hiddenRoles},
		{"user roles list", 200, "follows from the old endpoint: bob was granted READ on experiment 1"},
		{"user roles list self", 200, "follows from the old endpoint: bob was granted READ on experiment 1"},
	},
	"3.17.2.default-no-permissions": {},
}

func TestReplay(t *testing.T) {
	for version, expected := range differences {
		t.Run(version, func(t *testing.T) {
			r := &replay{fixture: emptyFixture(t, defaultOf(version)), ids: map[idOf]float64{}}
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

// defaultOf is the default permission that the server of a transcript ran with.
func defaultOf(version string) func(*Config) {
	return func(c *Config) {
		if strings.HasSuffix(version, "no-permissions") {
			c.Decider.(*authz.Authorizer).Default = authz.NoPermissions
		}
	}
}

// replay follows a transcript. ids maps its ids to ours: MLflow counts each kind of thing for itself, and gives a role's id out again.
type replay struct {
	*fixture
	ids    map[idOf]float64
	signup sentForm
}

type idOf struct {
	kind string // "user", "role", "role_permission", "assignment"
	id   float64
}

// request puts our ids into a request.
func (r *replay) request(l line) line {
	for _, kind := range []string{"role", "role_permission"} {
		text := regexp.MustCompile(`("?` + kind + `_id"?[:=] ?)([0-9]+)`)
		translate := func(found string) string {
			part := text.FindStringSubmatch(found)
			theirs, _ := strconv.ParseFloat(part[2], 64)
			if ours, known := r.ids[idOf{kind, theirs}]; known {
				return part[1] + strconv.FormatFloat(ours, 'f', 0, 64)
			}
			return found
		}
		l.Path, l.Body = text.ReplaceAllStringFunc(l.Path, translate), text.ReplaceAllStringFunc(l.Body, translate)
	}
	return l
}

func (r *replay) play(l line, unseen map[string]difference) {
	r.Helper()
	if l.World != "" {
		r.world(l)
		return
	}
	sent := r.request(l)
	a := r.call(l.User, l.Method, sent.Path, strings.Replace(sent.Body, "<TOKEN>", r.signup.token, 1), func(q *http.Request) {
		q.Header.Del("Content-Type")
		if l.Type != "" {
			q.Header.Set("Content-Type", l.Type)
		}
		if l.Cookie {
			q.AddCookie(r.signup.cookie)
		}
	})
	if l.Path == "/signup" && a.status == http.StatusOK {
		r.signup = formIn(r, a)
	}
	r.learn(l, a)
	if strings.HasPrefix(l.Name, "role") && l.Method == http.MethodPost && a.status == http.StatusOK {
		r.relearn(l.Answer, a)
	}
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
	if l.Alert != "" && !(strings.Contains(a.body, `alert("`+l.Alert+`");`) && strings.Contains(a.body, `window.location.href = "`+l.Href+`";`)) {
		return false
	}
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
var ownKeys = map[string]bool{"message": true, "experiment_permissions": true, "registered_model_permissions": true, "scorer_permissions": true}

func (r *replay) sameObject(want, got map[string]any) bool {
	for key, g := range got {
		w, ok := want[key]
		if !ok && !ownKeys[key] {
			return false
		}
		switch kind := kindOf(key, want); {
		case kind != "" && hidden(want): // the hidden role's own id, which is the user's here
		case kind != "":
			if !r.sameID(kind, w, g) {
				return false
			}
		case key == "role_name", key == "name" && hidden(want):
			if theirs, ours := strings.HasPrefix(w.(string), hiddenPrefix), strings.HasPrefix(g.(string), hiddenPrefix); theirs != ours || !theirs && w != g {
				return false
			}
		default:
			if ok && !r.same(w, g) {
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

// kindOf tells what a member is the id of; "" for none.
func kindOf(key string, of map[string]any) string {
	_, isUser := of["username"]
	_, isAssignment := of["user_id"]
	_, isPermission := of["resource_pattern"]
	switch {
	case key == "user_id" || key == "id" && isUser:
		return "user"
	case key == "id" && isPermission:
		return "role_permission"
	case key == "id" && isAssignment:
		return "assignment"
	case key == "id" || key == "role_id":
		return "role"
	default:
		return ""
	}
}

// hidden tells whether an object is, or belongs to, a role that MLflow keeps a user's own grants on.
func hidden(object map[string]any) bool {
	for _, key := range []string{"name", "role_name"} {
		if name, _ := object[key].(string); strings.HasPrefix(name, hiddenPrefix) {
			return true
		}
	}
	return false
}

// relearn takes the ids of something new: what had them is gone.
func (r *replay) relearn(want any, a reply) {
	var got map[string]map[string]any
	_ = json.Unmarshal([]byte(a.body), &got)
	for name, object := range got {
		theirs := want.(map[string]any)[name].(map[string]any)
		r.ids[idOf{kindOf("id", theirs), theirs["id"].(float64)}] = object["id"].(float64)
	}
}

// sameID learns an id when it appears for the first time.
func (r *replay) sameID(kind string, want, got any) bool {
	theirs, _ := want.(float64)
	ours, _ := got.(float64)
	if _, known := r.ids[idOf{kind, theirs}]; !known {
		r.ids[idOf{kind, theirs}] = ours
	}
	return ours != 0 && r.ids[idOf{kind, theirs}] == ours
}
