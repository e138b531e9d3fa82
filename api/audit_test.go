package api

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"extauthz/api/pages"
	"extauthz/store"
)

const (
	auditAPI  = "/api/1.0/extauthz/audit/list"
	auditSite = "/extauthz/audit"
)

// recorded is what the endpoint says happened, newest first, as "actor action target".
func (f *fixture) recorded(target string) (all []string, next string) {
	f.Helper()
	a := f.call("admin", "GET", target, "")
	var page struct {
		Records []auditObject
		Next    string `json:"next_page_token"`
	}
	if err := json.Unmarshal([]byte(a.body), &page); err != nil || a.status != 200 {
		f.Fatalf("%s: %d %s", target, a.status, a.body)
	}
	for _, r := range page.Records {
		all = append(all, fmt.Sprintf("%s %s %s", r.Actor.Username, r.Action, r.Target))
	}
	return all, page.Next
}

// TestAuditIsSearched by each of its columns.
func TestAuditIsSearched(t *testing.T) {
	f := newFixture(t)
	if a := f.call("alice", "POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"EDIT"}`,
		header("X-Request-Id", "request-7")); a.status != 200 {
		t.Fatal(a.body)
	}
	granted := "alice grant.create experiment 1 for bob"
	for query, want := range map[string]string{
		"actor=alice":   granted,
		"action=grant.": granted,
		"action=grant.create&target=experiment%201":   granted,
		"target=user%20bob":                           "admin user.create user bob",
		"actor=alice&before=2020-01-01T00:00:00Z":     "",
		"actor=alice&after=2020-01-01T00:00:00Z":      granted,
		"actor=alic":                                  "",
		"action=user.create&limit=1":                  "admin user.create user carol",
		"action=user.create&target=user%20al&limit=9": "admin user.create user alice",
	} {
		if got, _ := f.recorded(auditAPI + "?" + query); strings.Join(got, "\n") != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	a := f.call("admin", "GET", auditAPI+"?actor=alice", "")
	if !strings.Contains(a.body, `"request_id":"request-7"`) || !strings.Contains(a.body, `"method":"password"`) || !strings.Contains(a.body, `"before":null`) {
		t.Errorf("%s", a.body)
	}
}

// TestAuditIsPaged: page by page is everything, once, in order.
func TestAuditIsPaged(t *testing.T) {
	f := newFixture(t)
	whole, next := f.recorded(auditAPI + "?limit=1000")
	if next != "" || len(whole) < 4 {
		t.Fatalf("%q %q", whole, next)
	}
	var paged []string
	for token := ""; ; {
		page, next := f.recorded(auditAPI + "?limit=2" + token)
		if paged = append(paged, page...); next == "" {
			break
		}
		token = "&page_token=" + next
	}
	f.expectRows(paged, whole...)
}

// TestAuditIsForAdmins, in JSON and as a page, and bad input is told to nobody else.
func TestAuditIsForAdmins(t *testing.T) {
	f := newFixture(t)
	scoped := f.issue("admin", `{"name":"r","read_only":true}`)
	for _, path := range []string{auditAPI, auditAPI + "?limit=x", auditSite, auditSite + "?from=x"} {
		if a := f.call("alice", "GET", path, ""); a.status != 403 || strings.Contains(a.body, "user.create") {
			t.Errorf("alice: %s = %d %s", path, a.status, a.body)
		}
		if a := f.call("", "GET", path, "", bearing(scoped)); a.status != 403 || !strings.Contains(a.body, "restricted") {
			t.Errorf("an admin's restricted token: %s = %d %s", path, a.status, a.body)
		}
	}
	if a := f.show("alice", "/extauthz/"); a.status != 200 || strings.Contains(a.body, auditSite) {
		t.Errorf("alice is led to it: %d %s", a.status, a.body)
	}
	for _, query := range []string{"limit=0", "limit=1001", "limit=-1", "limit=x", "after=yesterday", "before=x", "page_token=x", "page_token=0", "page_token=01", "who=alice"} {
		if a := f.call("admin", "GET", auditAPI+"?"+query, ""); a.status != 400 {
			t.Errorf("%s = %d %s", query, a.status, a.body)
		}
	}
}

var older = regexp.MustCompile(`<a href="([^"]+)" rel="next">`)

// TestAuditPage searches, pages, and shows what anybody has sent as text.
func TestAuditPage(t *testing.T) {
	f := newFixture(t)
	for i := range 60 {
		f.issue("alice", fmt.Sprintf(`{"name":"token %d"}`, i))
	}
	hostile := store.Audit{Action: store.SignInFailed, Target: "user " + hostileName, Actor: store.Actor{Source: "192.0.2.7", RequestID: hostileName}, After: `{"reason":"wrong"}`}
	if err := f.store.AppendAudit(t.Context(), hostile, store.Audit{Action: store.SignInFailed, Target: "user \xff"}); err != nil {
		t.Fatal(err)
	}
	first := f.show("admin", auditSite+"?actor=alice&action=credential.")
	if strings.Count(first.body, "<code>credential.create</code>") != 50 || !strings.Contains(first.body, "token token 59 of alice") {
		t.Fatalf("%d %s", first.status, first.body)
	}
	link := older.FindStringSubmatch(first.body)
	second := f.show("admin", html.UnescapeString(link[1]))
	if strings.Count(second.body, "<code>credential.create</code>") != 10 || older.MatchString(second.body) || !strings.Contains(second.body, `value="alice"`) {
		t.Errorf("%d %s", second.status, second.body)
	}
	failed := f.show("admin", auditSite+"?action=sign_in.")
	if strings.Contains(failed.body, "<script") || !strings.Contains(failed.body, strings.Replace(hostileShown(), "<bdi>", "<bdi>user ", 1)) || !strings.Contains(failed.body, "192.0.2.7") {
		t.Errorf("%d %s", failed.status, failed.body)
	}
	if a := f.call("admin", "PATCH", setAdmin, `{"username":"bob","is_admin":true}`); a.status != 200 {
		t.Fatal(a.body)
	}
	if a := f.show("admin", auditSite+"?action=user.update"); !strings.Contains(a.body, "<dt><bdi>admin</bdi></dt>\n<dd><ins><bdi>true</bdi></ins></dd>") {
		t.Errorf("%s", a.body)
	}
	if a := f.call("admin", "GET", auditAPI+"?action=sign_in.", ""); a.status != 200 {
		t.Errorf("what is no UTF-8: %d %s", a.status, a.body)
	}
	for _, query := range []string{"from=yesterday", "page_token=" + url.QueryEscape(hostileName)} {
		if a := f.show("admin", auditSite+"?"+query); a.status != 400 || !strings.Contains(a.body, `role="alert"`) || strings.Contains(a.body, "<script") ||
			strings.Contains(a.body, "Nothing matches") {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	if a := f.show("admin", auditSite+"?from=2020-01-01T00:00&to=2020-01-02T00:00:30"); a.status != 200 || !strings.Contains(a.body, "<p>Nothing matches.</p>") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestFacts puts side by side what was and what is, whatever somebody has written.
func TestFacts(t *testing.T) {
	got := facts(`{"admin":false,"name":"\u003cb\u003e"}`, `{"admin":true,"list":["a"]}`)
	want := []pages.Fact{{Name: "admin", Before: "false", After: "true"}, {Name: "list", After: `["a"]`}, {Name: "name", Before: "<b>"}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := facts("", "no JSON"); !slices.Equal(got, []pages.Fact{{After: "no JSON"}}) {
		t.Errorf("%+v", got)
	}
	if got := facts("", ""); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestAuditFindsText wherever it is in a record, on the page, too.
func TestAuditFindsText(t *testing.T) {
	f := newFixture(t)
	if a := f.call("alice", "POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"EDIT"}`,
		header("X-Request-Id", "request-7")); a.status != 200 {
		t.Fatal(a.body)
	}
	granted := "alice grant.create experiment 1 for bob"
	for text, want := range map[string]string{
		"1 FOR bob": granted, `"edit"`: granted, "quest-7": granted, "nowhere": "", "user carol": "admin user.create user carol",
	} {
		if got, _ := f.recorded(auditAPI + "?text=" + url.QueryEscape(text)); strings.Join(got, "\n") != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	page := f.show("admin", auditSite+"?text=quest-7")
	if page.status != 200 || !strings.Contains(page.body, "experiment 1 for bob") || strings.Contains(page.body, "user carol") || strings.Contains(page.body, "Only a part") {
		t.Errorf("%d %s", page.status, page.body)
	}
}

// TestNobodyFailedToSignIn: whoever did had proved nothing, and was not the service either.
func TestNobodyFailedToSignIn(t *testing.T) {
	f := newFixture(t)
	failed := store.Audit{Action: store.SignInFailed, Target: "user alice", Actor: store.Actor{Source: "192.0.2.7"}}
	ours := store.Audit{Action: store.AuditPrune, Target: "records before 2026-01-01T04:00:00Z"}
	if err := f.store.AppendAudit(t.Context(), failed, ours); err != nil {
		t.Fatal(err)
	}
	for action, service := range map[store.Action]bool{failed.Action: false, ours.Action: true} {
		page := f.show("admin", auditSite+"?action="+string(action))
		if strings.Contains(page.body, "the service</span>") != service || strings.Contains(page.body, "192.0.2.7") == service {
			t.Errorf("%s: %s", action, page.body)
		}
	}
}

// TestAuditSearchEnds after a number of records, found or not, and page by page it finds what is there: each once, in order.
func TestAuditSearchEnds(t *testing.T) {
	f := newFixture(t)
	var records []store.Audit
	for i := range 50 {
		records = append(records, store.Audit{Action: store.SignInFailed, Target: fmt.Sprintf("user %d", i%7)})
	}
	if err := f.store.AppendAudit(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
	ops := &operations{store: f.store}
	for _, q := range []store.AuditQuery{{Text: "user 3"}, {Text: "nowhere"}, {Action: "sign_in."}, {}, {Target: "user 0"}} {
		var want, got []uint64
		for r, err := range f.store.AuditLog(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, r.Seq)
		}
		for _, limit := range []int{1, 3, 100} {
			q.Limit, q.BeforeSeq, got = limit, 0, nil
			for pages := 0; ; pages++ {
				page, err := ops.searchAudit(t.Context(), q, 4)
				if err != nil || len(page.Records) > limit || page.Cut && page.Next == "" || pages > 100 {
					t.Fatalf("%+v: %+v %v", q, page, err)
				}
				for _, r := range page.Records {
					got = append(got, r.Seq)
				}
				if page.Next == "" {
					break
				}
				if q.BeforeSeq, err = (auditQuery{PageToken: page.Next}).pageToken(); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v: %v, want %v", q, got, want)
			}
		}
	}
}
