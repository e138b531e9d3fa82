package api

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
)

const (
	tokensPage  = "/extauthz/tokens"
	createPage  = "/extauthz/tokens/create"
	revokePage  = "/extauthz/tokens/revoke"
	keysPage    = "/extauthz/access-keys"
	keysCreate  = "/extauthz/access-keys/create"
	hostileName = `<script>alert("x")</script>'"&` + "\u202e" + `gnirts`
)

// hostileShown is how a page shows it.
func hostileShown() string {
	return "<bdi>" + strings.Replace(html.EscapeString(hostileName), "\u202e", "[U&#43;202E]", 1) + "</bdi>"
}

// show opens a page as a browser.
func (f *fixture) show(username, path string) reply {
	f.Helper()
	return f.call(username, "GET", path, "", header("Accept", "text/html"))
}

var secretField = regexp.MustCompile(`id="secret" value="([^"]+)"`)

// secretIn is the secret that a page shows.
func secretIn(t testing.TB, a reply) string {
	t.Helper()
	found := secretField.FindStringSubmatch(a.body)
	if a.status != http.StatusOK || found == nil {
		t.Fatalf("no secret in the page: %d %s", a.status, a.body)
	}
	return html.UnescapeString(found[1])
}

// TestTokenPage: made, shown once, good, listed, and dead when revoked.
func TestTokenPage(t *testing.T) {
	f := newFixture(t)
	opened := f.form("alice", tokensPage)
	token := secretIn(t, f.send("alice", createPage, opened, url.Values{"name": {"laptop"}, "days": {"7"}}))
	if a := f.call("", "GET", currentUser, "", bearing(token)); !strings.Contains(a.body, `"username":"alice"`) {
		t.Errorf("the token: %d %s", a.status, a.body)
	}
	list := f.show("alice", tokensPage)
	if strings.Contains(list.body, token[5:20]) || !strings.Contains(list.body, "<bdi>laptop</bdi>") || !strings.Contains(list.body, "everything") {
		t.Errorf("%d %s", list.status, list.body)
	}
	if a := f.send("alice", createPage, opened, url.Values{"name": {"laptop"}}); a.status != 400 || !strings.Contains(a.body, "already") || !strings.Contains(a.body, `value="laptop"`) {
		t.Errorf("the same name again: %d %s", a.status, a.body)
	}
	a := f.send("alice", revokePage, opened, url.Values{"name": {"laptop"}, "username": {"alice"}})
	if a.status != http.StatusSeeOther || a.header.Get("Location") != tokensPage+"?revoked=laptop" {
		t.Errorf("%d %v %s", a.status, a.header, a.body)
	}
	if a := f.call("", "GET", currentUser, "", bearing(token)); a.status != 401 {
		t.Errorf("the revoked token: %d %s", a.status, a.body)
	}
	if strings.Contains(f.log.String(), token[5:20]) {
		t.Error("the log has the token")
	}
}

// TestTokenPageRestricts: what is typed is what the token may do, and no more.
func TestTokenPageRestricts(t *testing.T) {
	f := newFixture(t)
	fields := url.Values{
		"name": {"reader"}, "read_only": {"yes"}, "resource_type": {"experiment", "registered_model", "run"},
		"resource_id": {"1", "", "*"}, "permission": {"EDIT", "MANAGE", "READ"},
	}
	secretIn(t, f.send("alice", createPage, f.form("alice", tokensPage), fields))
	for c, err := range f.store.Credentials(t.Context(), f.user("alice").ID) {
		want := []authz.Ceiling{{Resource: authz.InDefault(authz.Experiment, "1"), Permission: authz.Edit}, {Resource: authz.InDefault(authz.Run, "*"), Permission: authz.Read}}
		if err != nil || c.Scope == nil || !c.Scope.ReadOnly || len(c.Scope.Ceilings) != 2 || c.Scope.Ceilings[0] != want[0] || c.Scope.Ceilings[1] != want[1] {
			t.Errorf("%+v %v", c, err)
		}
	}
	list := f.show("alice", tokensPage)
	if !strings.Contains(list.body, "EDIT on experiment <bdi>1</bdi>") || !strings.Contains(list.body, "read-only") {
		t.Errorf("%s", list.body)
	}
}

// TestTokenPageSaysWhatIsWrong, keeps what was typed, and makes nothing.
func TestTokenPageSaysWhatIsWrong(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.MaxCredentialAge = 30 * 24 * time.Hour })
	opened := f.form("alice", tokensPage)
	before := f.digest()
	for name, fields := range map[string]url.Values{
		"no name":       {"days": {"7"}},
		"no number":     {"name": {"x"}, "days": {"seven"}},
		"too long":      {"name": {"x"}, "days": {"31"}},
		"no time":       {"name": {"x"}, "days": {"0"}},
		"an overflow":   {"name": {"x"}, "days": {"9223372036854775807"}},
		"no such kind":  {"name": {"x"}, "resource_type": {"spaceship"}, "resource_id": {"1"}, "permission": {"READ"}},
		"no such level": {"name": {"x"}, "resource_type": {"experiment"}, "resource_id": {"1"}, "permission": {"OWN"}},
		"no such id":    {"name": {"x"}, "resource_type": {"experiment"}, "resource_id": {"one"}, "permission": {"READ"}},
	} {
		a := f.send("alice", createPage, opened, fields)
		if a.status != 400 || !strings.Contains(a.body, `role="alert"`) || f.digest() != before {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		if typed := fields.Get("days"); typed != "" && !strings.Contains(a.body, `name="days" value="`+typed+`"`) {
			t.Errorf("%s: what was typed is gone", name)
		}
	}
	for name, body := range map[string]string{"two names": "name=a&name=b&csrf_token=" + opened.token, "no UTF-8": "name=%ff&csrf_token=" + opened.token} {
		a := f.call("alice", "POST", createPage, body, header("Content-Type", "application/x-www-form-urlencoded"), func(r *http.Request) { r.AddCookie(opened.cookie) })
		if a.status != 400 || f.digest() != before {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	a := f.send("alice", createPage, opened, url.Values{"name": {"x"}, "more": {"yes"}, "resource_type": {"run"}, "resource_id": {"*"}, "permission": {"READ"}})
	if a.status != 200 || strings.Count(a.body, `name="resource_id"`) != 2*rowsAtFirst || f.digest() != before {
		t.Errorf("more rows: %d %s", a.status, a.body)
	}
	secretIn(t, f.send("alice", createPage, opened, url.Values{"name": {"x"}, "days": {"30"}}))
}

// TestTokensOfOthers are an admin's to see, to make and to revoke.
func TestTokensOfOthers(t *testing.T) {
	f := newFixture(t)
	f.issue("alice", `{"name":"laptop"}`)
	bobs, admins := f.form("bob", tokensPage), f.form("admin", tokensPage+"?username=alice")
	before := f.digest()
	if a := f.show("bob", tokensPage+"?username=alice"); a.status != 403 || strings.Contains(a.body, "laptop") {
		t.Errorf("bob looks: %d %s", a.status, a.body)
	}
	for path, fields := range map[string]url.Values{createPage: {"name": {"x"}, "username": {"alice"}}, revokePage: {"name": {"laptop"}, "username": {"alice"}}} {
		if a := f.send("bob", path, bobs, fields); a.status != 403 || f.digest() != before {
			t.Errorf("bob: %s %d %s", path, a.status, a.body)
		}
	}
	token := secretIn(t, f.send("admin", createPage, admins, url.Values{"name": {"second"}, "username": {"alice"}}))
	if a := f.call("", "GET", currentUser, "", bearing(token)); !strings.Contains(a.body, `"username":"alice"`) {
		t.Errorf("by the admin: %d %s", a.status, a.body)
	}
	if a := f.send("admin", revokePage, admins, url.Values{"name": {"laptop"}, "username": {"alice"}}); a.header.Get("Location") != tokensPage+"?revoked=laptop&username=alice" {
		t.Errorf("%d %v %s", a.status, a.header, a.body)
	}
}

// TestRestrictedTokenSendsNoForm: it looks, and changes nothing, nor does a token make another one for its user.
func TestRestrictedTokenSendsNoForm(t *testing.T) {
	f := newFixture(t)
	for name, token := range map[string]string{"restricted": f.issue("alice", `{"name":"r","read_only":true}`), "whole": f.issue("alice", `{"name":"w"}`)} {
		opened := formIn(t, f.call("", "GET", tokensPage, "", bearing(token)))
		before := f.digest()
		if a := f.send("", createPage, opened, url.Values{"name": {"another"}}, bearing(token)); a.status != 403 || f.digest() != before {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

// TestHostileNames can neither become markup nor turn the text around them.
func TestHostileNames(t *testing.T) {
	f := newFixture(t)
	opened := f.form("alice", tokensPage)
	pages := []reply{
		f.send("alice", createPage, opened, url.Values{"name": {hostileName}}),
		f.send("alice", createPage, opened, url.Values{"name": {hostileName}}), // taken
		f.send("alice", createPage, opened, url.Values{"name": {"y"}, "days": {hostileName}}),
		f.show("alice", tokensPage),
		f.show("alice", tokensPage+"?revoked="+url.QueryEscape(hostileName)),
		f.show("admin", tokensPage+"?username="+url.QueryEscape(hostileName)),
	}
	for i, a := range pages {
		if strings.Contains(a.body, "<script") || strings.Contains(a.body, `"x"`) {
			t.Errorf("page %d: %s", i, a.body)
		}
	}
	if !strings.Contains(pages[3].body, hostileShown()) {
		t.Errorf("the list lacks %q: %s", hostileShown(), pages[3].body)
	}
	if a := f.send("alice", revokePage, opened, url.Values{"name": {hostileName}}); a.status != http.StatusSeeOther {
		t.Errorf("revoking it: %d %s", a.status, a.body)
	}
}

// TestAccessKeyPage: only where they are switched on.
func TestAccessKeyPage(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.AccessKeys = keymaker{} })
	opened := f.form("alice", keysPage)
	a := f.send("alice", keysCreate, opened, url.Values{"name": {"boto"}, "days": {"1"}, "temporary": {"yes"}})
	if secretIn(t, a) != "the-secret" || !strings.Contains(a.body, "MLFTKEY") || !strings.Contains(a.body, "export AWS_SESSION_TOKEN=the-session-token") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if list := f.show("alice", keysPage); strings.Contains(list.body, "the-secret") || !strings.Contains(list.body, "MLFTKEY") {
		t.Errorf("%d %s", list.status, list.body)
	}
	off := newFixture(t)
	if a := off.show("alice", tokensPage); strings.Contains(a.body, keysPage) {
		t.Error("the page of tokens leads to access keys, and there are none")
	}
	if a := off.show("alice", keysPage); strings.Contains(a.body, keysCreate) || !strings.Contains(a.body, "switched off") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := off.send("alice", keysCreate, off.form("alice", tokensPage), url.Values{"name": {"boto"}}); a.status != 400 {
		t.Errorf("%d %s", a.status, a.body)
	}
}
