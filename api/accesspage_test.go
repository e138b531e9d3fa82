package api

import (
	"net/url"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

const accessSite = "/extauthz/access"

// TestAccessPage answers both questions as the API does, each with the reason.
func TestAccessPage(t *testing.T) {
	f := newFixture(t)
	f.granted("analysts", authz.InDefault(authz.Experiment, "1"), authz.Edit, "bob")
	a := f.show("alice", accessSite+"?resource_type=experiment&resource_id=1&action=read")
	for _, want := range []string{
		"Who can read <bdi>experiment 1</bdi>",
		"<td>MANAGE</td><td><bdi>own, on experiment 1</bdi></td>",
		"<td>EDIT</td><td><bdi>role analysts, on experiment 1</bdi></td>",
		"1 more user, by the default permission (READ)", "<li><bdi>carol</bdi></li>",
	} {
		if a.status != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%q is missing: %d %s", want, a.status, a.body)
		}
	}
	a = f.show("alice", accessSite+"?username=alice")
	for _, want := range []string{"What <bdi>alice</bdi> may do", `<th scope="row"><bdi>m1</bdi></th><td>MANAGE</td><td><bdi>own, on registered_model m1</bdi></td>`, "READ, the default"} {
		if a.status != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%q is missing: %d %s", want, a.status, a.body)
		}
	}
	if a := f.show("admin", accessSite+"?username=bob"); !strings.Contains(a.body, "role analysts, on experiment 1") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestAccessPageTellsOnlyWhomItConcerns: who may not grant on a resource does not learn who has access, nor what others may do.
func TestAccessPageTellsOnlyWhomItConcerns(t *testing.T) {
	f := newFixture(t)
	for query, secret := range map[string]string{"resource_type=experiment&resource_id=1": "own, on", "username=alice": "m1", "username=ghost": "ghost</bdi>"} {
		if a := f.show("bob", accessSite+"?"+query); a.status != 403 || strings.Contains(a.body, secret) || !strings.Contains(a.body, `role="alert"`) {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	for query, status := range map[string]int{"resource_type=spaceship&resource_id=1": 400, "resource_type=experiment&resource_id=one": 400, "resource_type=experiment&resource_id=1&action=fly": 400, "username=ghost": 404, "": 200} {
		if a := f.show("admin", accessSite+"?"+query); a.status != status || !strings.Contains(a.body, "<h1>Access</h1>") {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
}

// TestAccessPageInWorkspaces looks where it is told to.
func TestAccessPageInWorkspaces(t *testing.T) {
	f := newFixture(t, func(c *Config) {
		c.Workspaces = true
		c.Decider.(*authz.Authorizer).Workspaces.On = true
	})
	red := authz.Resource{Kind: authz.Experiment, Workspace: "red", ID: "1"}
	if err := f.store.CreateGrant(t.Context(), store.Grant{Holder: f.user("carol").ID, Resource: red, Permission: authz.Manage}); err != nil {
		t.Fatal(err)
	}
	a := f.show("carol", accessSite+"?resource_type=experiment&resource_id=1&workspace=red&action=read")
	if a.status != 200 || !strings.Contains(a.body, "<bdi>experiment 1 in workspace red</bdi>") || strings.Contains(a.body, ">alice<") {
		t.Errorf("%d %s", a.status, a.body)
	}
	for workspace, status := range map[string]int{"": 403, "default": 403, "blue": 403, "../red": 403, "NO": 403} {
		if a := f.show("carol", accessSite+"?resource_type=experiment&resource_id=1&workspace="+url.QueryEscape(workspace)); a.status != status && a.status != 400 {
			t.Errorf("%q: %d %s", workspace, a.status, a.body)
		}
	}
	if a := f.show("carol", accessSite+"?username=carol"); !strings.Contains(a.body, "<td><bdi>red</bdi></td>") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestAccessPageEscapes names of things and roles, which their owners choose.
func TestAccessPageEscapes(t *testing.T) {
	f := newFixture(t)
	f.own("alice", authz.RegisteredModel, hostileName)
	f.granted(hostileName, authz.InDefault(authz.RegisteredModel, hostileName), authz.Edit, "bob")
	for _, path := range []string{
		accessSite + "?username=alice", accessSite + "?username=bob", accessSite + "?username=" + url.QueryEscape(hostileName),
		accessSite + "?resource_type=registered_model&resource_id=" + url.QueryEscape(hostileName), "/extauthz/",
	} {
		for _, who := range []string{"admin", "bob"} {
			if a := f.show(who, path); strings.Contains(a.body, "<script") || strings.Contains(a.body, "alert(\"") {
				t.Errorf("%s as %s: %s", path, who, a.body)
			}
		}
	}
	if a := f.show("bob", "/extauthz/"); !strings.Contains(a.body, hostileShown()) {
		t.Errorf("%d %s", a.status, a.body)
	}
}
