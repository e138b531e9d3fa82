package api

import (
	"net/http"
	"strings"
	"testing"

	"extauthz/authz"
)

// TestStartPage shows who one is, by what, and leads to what one may do.
func TestStartPage(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.StaticPrefix = "/ml" })
	f.granted("analysts", authz.InDefault(authz.Experiment, "1"), authz.Edit, "bob")
	for _, path := range []string{"/extauthz", "/ml/extauthz"} {
		if a := f.show("bob", path); a.status != http.StatusSeeOther || a.header.Get("Location") != "/ml/extauthz/" {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
	}
	a := f.show("bob", "/ml/extauthz/")
	for want, there := range map[string]bool{
		"<bdi>bob</bdi>": true, "<bdi>analysts</bdi>": true, "your password": true, "Signing out": true, `href="/ml/extauthz/tokens"`: true, "/signup": false, "/audit": false,
		`>admin<`: false, `href="/extauthz`: false,
	} {
		if a.status != 200 || strings.Contains(a.body, want) != there {
			t.Errorf("%q there: %v, want %v: %d %s", want, !there, there, a.status, a.body)
		}
	}
	if a := f.show("admin", "/extauthz/"); !strings.Contains(a.body, "/ml/signup") || !strings.Contains(a.body, "/ml/extauthz/audit") || !strings.Contains(a.body, ">admin<") {
		t.Errorf("%d %s", a.status, a.body)
	}
	token := f.issue("bob", `{"name":"laptop","read_only":true}`)
	if a := f.call("", "GET", "/extauthz/", "", bearing(token)); !strings.Contains(a.body, "a token (<bdi>laptop</bdi>)") || !strings.Contains(a.body, "restricted") {
		t.Errorf("by a token: %d %s", a.status, a.body)
	}
	for _, path := range []string{"/extauthz/nowhere", "/extauthz/tokens/", "//extauthz/", "/extauthz//"} {
		if a := f.show("admin", path); a.status != 404 {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}
