package api

import (
	"context"
	"net/http"
	"testing"

	"extauthz/store"
)

func TestOwnPassword(t *testing.T) {
	f := newFixture(t)
	old := initialPassword + "bob"
	for _, body := range []string{
		`{"username":"bob","password":"a-good-password","current_password":"wrong"}`,
		`{"username":"bob","password":"` + old + `","current_password":"` + old + `"}`,
	} {
		if a := f.call("bob", "PATCH", setPassword, body); a.status != 400 || a.code() != "INVALID_PARAMETER_VALUE" {
			t.Errorf("%s = %d %s", body, a.status, a.body)
		}
	}
	f.must("bob", "PATCH", setPassword, `{"username":"bob","password":"a-good-password","current_password":"`+old+`"}`)
	if a := f.call("bob", "GET", getBob, ""); a.status != 401 {
		t.Errorf("the old password still works: %d", a.status)
	}
	f.passwords["bob"] = "a-good-password"
	f.must("bob", "PATCH", setPassword, `{"username":"bob","password":"another-password"}`) // as MLflow 2.22's client
	f.passwords["bob"] = "another-password"
	f.must("bob", "GET", getBob, "")
}

// TestBrowserSendsCurrentPassword: who finds a browser unlocked must not be able to take the account over.
func TestBrowserSendsCurrentPassword(t *testing.T) {
	f := newFixture(t)
	old := initialPassword + "bob"
	page := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }
	before := f.revision()
	a := f.call("bob", "PATCH", setPassword, `{"username":"bob","password":"a-good-password"}`, page)
	if a.status != 400 || f.revision() != before {
		t.Errorf("without current_password = %d %s", a.status, a.body)
	}
	a = f.call("bob", "PATCH", setPassword, `{"username":"bob","password":"a-good-password","current_password":"`+old+`"}`, page)
	if a.status != 200 {
		t.Errorf("with current_password = %d %s", a.status, a.body)
	}
}

// TestTokenSendsCurrentPassword: who has stolen a token must not be able to turn it into a password, which would outlive the token.
func TestTokenSendsCurrentPassword(t *testing.T) {
	f := newFixture(t)
	for _, user := range []string{"bob", "admin"} {
		token := f.issue(user, `{"name":"laptop"}`)
		asPassword := func(r *http.Request) { r.SetBasicAuth(user, token) }
		for name, with := range map[string]func(*http.Request){"bearer": bearing(token), "in the password's place": asPassword} {
			before := f.revision()
			a := f.call("", "PATCH", setPassword, `{"username":"`+user+`","password":"the-thiefs-password"}`, with)
			if a.status != 400 || a.code() != "INVALID_PARAMETER_VALUE" || f.revision() != before {
				t.Errorf("%s, %s, without current_password = %d %s", user, name, a.status, a.body)
			}
		}
		proven := `{"username":"` + user + `","password":"a-good-password","current_password":"` + f.passwords[user] + `"}`
		if a := f.call("", "PATCH", setPassword, proven, bearing(token)); a.status != 200 {
			t.Errorf("%s, with current_password = %d %s", user, a.status, a.body)
		}
		f.passwords[user] = "a-good-password"
	}
}

// TestGuessingTheCurrentPassword is throttled like a login.
func TestGuessingTheCurrentPassword(t *testing.T) {
	f := newFixture(t)
	for range 1000 {
		a := f.call("bob", "PATCH", setPassword, `{"username":"bob","password":"a-good-password","current_password":"a guess"}`)
		if a.status == http.StatusTooManyRequests && a.code() == "REQUEST_LIMIT_EXCEEDED" {
			return
		}
	}
	t.Error("a thousand guesses were answered")
}

// TestDocumentedPassword: an account with password1234 can find out who it is and change that password, and nothing else.
func TestDocumentedPassword(t *testing.T) {
	f := newFixture(t)
	_, err := f.store.UpdateUser(t.Context(), "admin", func(u *store.User) error {
		u.MustChangePassword = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	before := f.revision()
	for _, c := range []struct{ method, target, body string }{
		{"POST", createUser, `{"username":"eve","password":"a-good-password"}`},
		{"GET", getBob, ""},
		{"GET", "/api/2.0/mlflow/users/get?username=admin", ""},
		{"GET", "/api/2.0/mlflow/users/list", ""},
		{"GET", "/api/3.0/mlflow/users/current/permissions", ""},
		{"PATCH", setPassword, `{"username":"bob","password":"a-good-password"}`},
		{"PATCH", setAdmin, `{"username":"bob","is_admin":true}`},
		{"DELETE", deleteUser, `{"username":"bob"}`},
		{"POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"READ"}`},
		{"GET", levelAPI + "?username=bob&resource_type=experiment&resource_id=1", ""},
		{"POST", onExp + "create", `{"experiment_id":"1","username":"bob","permission":"READ"}`},
		{"GET", onExp + "get?experiment_id=1&username=alice", ""},
	} {
		if a := f.call("admin", c.method, c.target, c.body); a.status != 403 || f.revision() != before {
			t.Errorf("%s %s = %d %s, want 403", c.method, c.target, a.status, a.body)
		}
	}
	f.must("admin", "GET", "/api/2.0/mlflow/users/current", "")
	if a := f.call("admin", "PATCH", setPassword, `{"username":"admin","password":"password1234"}`); a.status != 400 {
		t.Errorf("the documented password again = %d %s", a.status, a.body)
	}
	f.must("admin", "PATCH", setPassword, `{"username":"admin","password":"a-good-password"}`)
	f.passwords["admin"] = "a-good-password"
	f.must("admin", "GET", getBob, "")
}

// TestStolenPasswordLosesTheRace: while the owner's change is under way, the thief's was already checked against the old password.
func TestStolenPasswordLosesTheRace(t *testing.T) {
	var f *fixture
	race := false
	f = newFixture(t, func(c *Config) {
		c.Passwords = &interrupted{Passwords: c.Passwords, first: func() {
			if race {
				race = false
				f.must("bob", "PATCH", setPassword, `{"username":"bob","password":"the-owners-password"}`)
			}
		}}
	})
	race = true
	a := f.call("bob", "PATCH", setPassword, `{"username":"bob","password":"the-thiefs-password"}`)
	if a.status != http.StatusConflict || a.code() != "RESOURCE_CONFLICT" {
		t.Errorf("the thief = %d %s", a.status, a.body)
	}
	f.passwords["bob"] = "the-owners-password"
	f.must("bob", "GET", getBob, "")
}

type interrupted struct {
	Passwords
	first func()
}

func (i *interrupted) Hash(ctx context.Context, password string) (string, error) {
	i.first()
	return i.Passwords.Hash(ctx, password)
}
