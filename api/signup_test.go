package api

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

const createUI = "/api/2.0/mlflow/users/create-ui"

// sentForm is what a browser has of a page with a form.
type sentForm struct {
	token  string
	cookie *http.Cookie
}

var tokenField = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)

// formIn finds the token and the cookie in the answer.
func formIn(t testing.TB, a reply) sentForm {
	t.Helper()
	found := tokenField.FindStringSubmatch(a.body)
	cookies := (&http.Response{Header: a.header}).Cookies()
	if a.status != http.StatusOK || found == nil || len(cookies) != 1 {
		t.Fatalf("no form with a token and a cookie: %d %v %s", a.status, a.header, a.body)
	}
	return sentForm{token: found[1], cookie: cookies[0]}
}

// form opens a page as a browser of that user.
func (f *fixture) form(username, path string, change ...func(*http.Request)) sentForm {
	f.Helper()
	return formIn(f, f.call(username, "GET", path, "", append(change, header("Accept", "text/html"))...))
}

// send sends a form as the browser would that opened it.
func (f *fixture) send(username, path string, opened sentForm, fields url.Values, change ...func(*http.Request)) reply {
	f.Helper()
	fields.Set(formField, opened.token)
	browser := []func(*http.Request){
		header("Content-Type", "application/x-www-form-urlencoded"), header("Accept", "text/html,*/*;q=0.8"), header("Sec-Fetch-Site", "same-origin"),
	}
	if opened.cookie != nil {
		browser = append(browser, func(r *http.Request) { r.AddCookie(opened.cookie) })
	}
	return f.call(username, "POST", path, fields.Encode(), append(browser, change...)...)
}

func newcomer() url.Values {
	return url.Values{"username": {"mallory"}, "password": {"a-password-of-mallory"}}
}

// TestSignup: an admin makes a user, a name that is taken is told by an alert, and what is wrong is shown with the form.
func TestSignup(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.StaticPrefix = "/ml" })
	opened := f.form("admin", "/ml/signup")
	if a := f.send("admin", createUI, opened, newcomer()); a.status != 200 || !strings.Contains(a.body, `alert("Successfully signed up user: mallory");`) ||
		!strings.Contains(a.body, `window.location.href = "/ml/";`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if f.user("mallory").Admin {
		t.Error("whoever signs up is an admin")
	}
	if a := f.send("admin", createUI, opened, newcomer()); a.status != 200 || !strings.Contains(a.body, `alert("Username has already been taken: mallory");`) {
		t.Errorf("twice: %d %s", a.status, a.body)
	}
	for _, password := range []string{"", "short"} {
		a := f.send("admin", createUI, opened, url.Values{"username": {`"><i>eve`}, "password": {password}})
		if a.status != 400 || !strings.Contains(a.body, `role="alert"`) || !strings.Contains(a.body, `value="&#34;&gt;&lt;i&gt;eve"`) {
			t.Errorf("%q: %d %s", password, a.status, a.body)
		}
		if password != "" && strings.Contains(a.body, password+`"`) {
			t.Error("the password is in the page")
		}
	}
}

// TestSignupIsForWhoMayCreateUsers, also when they hold a token and a cookie that are good: MLflow's basic-auth let everybody in by those.
func TestSignupIsForWhoMayCreateUsers(t *testing.T) {
	f := newFixture(t)
	if a := f.call("bob", "GET", "/signup", ""); a.status != 403 {
		t.Errorf("the form: %d %s", a.status, a.body)
	}
	before := f.digest()
	for name, opened := range map[string]sentForm{"the admin's": f.form("admin", "/signup"), "bob's own": f.form("bob", "/extauthz/tokens")} {
		if a := f.send("bob", createUI, opened, newcomer()); a.status != 403 || f.digest() != before {
			t.Errorf("%s token: %d %s", name, a.status, a.body)
		}
	}
	if err := f.store.CreateGrant(t.Context(), store.Grant{Holder: f.user("bob").ID, Resource: authz.WorkspaceNamed(authz.DefaultWorkspace), Permission: authz.Manage}); err != nil {
		t.Fatal(err)
	}
	if a := f.send("bob", createUI, f.form("bob", "/signup"), newcomer()); a.status != 200 {
		t.Errorf("who manages a workspace: %d %s", a.status, a.body)
	}
}

// TestForgedForms are those that this site did not give to this browser.
func TestForgedForms(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	f := newFixture(t, func(c *Config) { c.Now = func() time.Time { return now } })
	carols := f.form("carol", "/extauthz/tokens")
	opened, other := f.form("admin", "/signup"), f.form("admin", "/signup")
	tampered := []byte(opened.token)
	tampered[0] ^= 1
	before := f.digest()
	for name, forged := range map[string]struct {
		form   sentForm
		change func(*http.Request)
	}{
		"no token":                        {sentForm{"", opened.cookie}, nil},
		"no cookie":                       {sentForm{opened.token, nil}, nil},
		"an invented token":               {sentForm{"e30", opened.cookie}, nil},
		"a longer life":                   {sentForm{string(tampered), opened.cookie}, nil},
		"another form's cookie":           {sentForm{opened.token, other.cookie}, nil},
		"another user's token":            {sentForm{carols.token, opened.cookie}, nil},
		"another user's token and cookie": {carols, nil},
		"from another site":               {opened, header("Sec-Fetch-Site", "cross-site")},
		"from a neighbouring host":        {opened, header("Sec-Fetch-Site", "same-site")},
		"of another origin":               {opened, func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "https://evil.example") }},
		"as plain text":                   {opened, header("Content-Type", "text/plain")},
	} {
		change := forged.change
		if change == nil {
			change = func(*http.Request) {}
		}
		if a := f.send("admin", createUI, forged.form, newcomer(), change); a.status != 400 && a.status != 403 || f.digest() != before {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	now = now.Add(formLife)
	if a := f.send("admin", createUI, opened, newcomer()); a.status != 400 || f.digest() != before {
		t.Errorf("an hour later: %d %s", a.status, a.body)
	}
	now = now.Add(-time.Second)
	planted := func(r *http.Request) { r.AddCookie(carols.cookie) }
	if a := f.send("admin", createUI, opened, newcomer(), planted); a.status != 200 {
		t.Errorf("the admin's own form, in time, beside a cookie that somebody planted: %d %s", a.status, a.body)
	}
}

// TestReplicasKnowEachOthersForms by their secret, and only by that.
func TestReplicasKnowEachOthersForms(t *testing.T) {
	with := func(secret string) func(*Config) { return func(c *Config) { c.SecretKey = []byte(secret) } }
	one, two := newFixture(t, with("a secret of both")), newFixture(t, with("a secret of both"))
	if a := two.send("admin", createUI, one.form("admin", "/signup"), newcomer()); a.status != 200 {
		t.Errorf("of one secret: %d %s", a.status, a.body)
	}
	for name, stranger := range map[string]*fixture{"another": newFixture(t, with("another secret")), "none": newFixture(t), "none, again": newFixture(t)} {
		if a := two.send("admin", createUI, stranger.form("admin", "/signup"), url.Values{"username": {"eve"}, "password": {"a-password-of-eve"}}); a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

// TestFormCookie: no script reads it, no other site has it sent, and over TLS it is this host's alone.
func TestFormCookie(t *testing.T) {
	f := newFixture(t)
	plain := f.form("admin", "/signup").cookie
	if !plain.HttpOnly || plain.SameSite != http.SameSiteStrictMode || plain.Secure {
		t.Errorf("%v", plain)
	}
	proxied := f.form("admin", "/signup", func(r *http.Request) {
		r.RemoteAddr = "127.0.0.1:1"
		r.Header.Set("X-Forwarded-Proto", "https")
	}).cookie
	if !proxied.Secure || !strings.HasPrefix(proxied.Name, "__Host-") || proxied.Path != "/" || proxied.Domain != "" {
		t.Errorf("over TLS: %v", proxied)
	}
	if c := f.form("admin", "/signup", header("X-Forwarded-Proto", "https")).cookie; c.Secure {
		t.Errorf("a client's own word: %v", c)
	}
	again := f.call("admin", "GET", "/signup", "", func(r *http.Request) { r.AddCookie(plain) })
	if again.header.Get("Set-Cookie") != "" {
		t.Error("a second page takes the form of the first one away")
	}
}

// TestPageHeaders: nothing of another site runs in a page or frames it, and no cache keeps it.
func TestPageHeaders(t *testing.T) {
	f := newFixture(t)
	for _, path := range []string{"/signup", "/extauthz/", "/extauthz/tokens", "/extauthz/style.css"} {
		a := f.call("admin", "GET", path, "", header("Accept", "text/html"))
		policy := a.header.Get("Content-Security-Policy")
		if a.status != 200 || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") ||
			strings.Contains(policy, "unsafe") || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
		if path != "/extauthz/style.css" && a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept: %v", path, a.header)
		}
	}
}

// TestPagesAreForWhoIsSomebody, and their errors are pages for browsers and JSON for programs.
func TestPagesAreForWhoIsSomebody(t *testing.T) {
	f := newFixture(t)
	for _, e := range (&site{}).screens() {
		if a := f.call("", e.method, e.path, "", header("Accept", "text/html")); a.status != 401 || a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s %s to nobody: %d %s", e.method, e.path, a.status, a.body)
		}
	}
	if a := f.call("bob", "GET", "/signup", "", header("Accept", "text/html")); a.status != 403 || !strings.Contains(a.body, "<h1>Not permitted</h1>") {
		t.Errorf("a browser: %d %s", a.status, a.body)
	}
	if a := f.call("bob", "GET", "/signup", "", header("Accept", "*/*")); a.status != 403 || a.code() != "PERMISSION_DENIED" {
		t.Errorf("a program: %d %s", a.status, a.body)
	}
}

// TestStyleIsAskedForAgain and sent only when it is another one.
func TestStyleIsAskedForAgain(t *testing.T) {
	f := newFixture(t)
	a := f.call("bob", "GET", "/extauthz/style.css", "")
	if a.status != 200 || a.header.Get("ETag") == "" || a.header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Fatalf("%d %v", a.status, a.header)
	}
	if b := f.call("bob", "GET", "/extauthz/style.css", "", header("If-None-Match", a.header.Get("ETag"))); b.status != http.StatusNotModified || b.body != "" {
		t.Errorf("%d %s", b.status, b.body)
	}
}
