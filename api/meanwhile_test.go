package api

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// slowly is a body that begins with something else happening.
type slowly struct {
	meanwhile func()
	io.Reader
}

func (s *slowly) Read(p []byte) (int, error) {
	s.meanwhile()
	s.meanwhile = func() {}
	return s.Reader.Read(p)
}

// TestWhatIsTakenMeanwhileHolds: whoever has begun a request does not end it with what was taken from them in between.
func TestWhatIsTakenMeanwhileHolds(t *testing.T) {
	const update = `{"username":"carol","is_admin":true}`
	faces := map[string]func(f *fixture, authorization string, meanwhile func()) int{
		"REST": func(f *fixture, authorization string, meanwhile func()) int {
			r := httptest.NewRequestWithContext(t.Context(), "PATCH", "/api/2.0/mlflow/users/update-admin", &slowly{meanwhile, strings.NewReader(update)})
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", authorization)
			w := httptest.NewRecorder()
			f.handler.ServeHTTP(w, r)
			return w.Code
		},
		"Call": func(f *fixture, authorization string, meanwhile func()) int {
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/extauthz.v1.AuthService/UpdateUserAdmin", &slowly{Reader: &bytes.Buffer{}})
			r.Header.Set("Authorization", authorization)
			_, err := f.handler.(*API).Call(r, "UpdateUserAdmin", func() (jsontext.Value, error) {
				meanwhile()
				return jsontext.Value(update), nil
			})
			if failure, ok := err.(*Failure); ok {
				return failure.Status
			}
			return http.StatusOK
		},
	}
	const admin, disabled, password = "/api/2.0/mlflow/users/update-admin", "/api/1.0/extauthz/users/update-disabled", "/api/2.0/mlflow/users/update-password"
	for name, face := range faces {
		for _, c := range []struct {
			taken, method, target, body string
			want                        int
		}{
			{"nothing", "GET", "/api/2.0/mlflow/users/current", "", http.StatusOK},
			{"the admin flag", "PATCH", admin, `{"username":"bob","is_admin":false}`, http.StatusForbidden},
			{"the right to sign in", "PATCH", disabled, `{"username":"bob","disabled":true}`, http.StatusUnauthorized},
			{"the token", "DELETE", "/api/1.0/extauthz/tokens/delete", `{"username":"bob","name":"laptop"}`, http.StatusUnauthorized},
			{"the account", "DELETE", "/api/2.0/mlflow/users/delete", `{"username":"bob"}`, http.StatusUnauthorized},
			{"the password", "PATCH", password, `{"username":"bob","password":"another long password"}`, http.StatusUnauthorized},
		} {
			f := newFixture(t)
			f.must("admin", "PATCH", admin, `{"username":"bob","is_admin":true}`)
			authorization := "Bearer " + f.issue("bob", `{"name":"laptop"}`)
			if c.taken == "the password" {
				r := httptest.NewRequest("GET", "/", nil)
				r.SetBasicAuth("bob", f.passwords["bob"])
				authorization = r.Header.Get("Authorization")
			}
			got := face(f, authorization, func() { f.must("admin", c.method, c.target, c.body) })
			if done := f.user("carol").Admin; got != c.want || done != (c.want == http.StatusOK) {
				t.Errorf("%s, %s taken meanwhile: %d, done: %v; want %d", name, c.taken, got, done, c.want)
			}
		}
	}
}
