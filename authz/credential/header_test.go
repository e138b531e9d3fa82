package credential

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"extauthz/authz"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// vectors are Authorization lines as a client or Envoy may send them, and what becomes of them when alice's password is secret.
var vectors = []struct {
	name  string
	lines []string
	want  authz.Reason // "" is let in
}{
	{"well formed", []string{"Basic " + b64("alice:"+secret)}, ""},
	{"scheme in lower case", []string{"basic " + b64("alice:"+secret)}, ""},
	{"scheme in upper case", []string{"BASIC " + b64("alice:"+secret)}, ""},
	{"two spaces after the scheme", []string{"Basic  " + b64("alice:"+secret)}, ""},
	{"base64 with padding", []string{"Basic " + b64("bob:"+secret)}, ""},
	{"base64 of the standard alphabet", []string{"Basic " + b64("url:???>>>~~~???")}, ""},
	{"colons in the password", []string{"Basic " + b64("colon:a:b:c:d:e:f:g")}, ""},
	{"password beyond ASCII, as UTF-8", []string{"Basic " + b64("unicode:pässwörd-日本語")}, ""},
	{"longest password", []string{"Basic " + b64("longest:"+strings.Repeat("x", maxPassword))}, ""},

	{"no header", nil, authz.Unauthenticated},
	{"empty header", []string{""}, authz.Unauthenticated},
	{"wrong password", []string{"Basic " + b64("alice:wrong horse battery")}, authz.Unauthenticated},
	{"unknown user", []string{"Basic " + b64("nobody:"+secret)}, authz.Unauthenticated},
	{"user in other case", []string{"Basic " + b64("Alice:"+secret)}, authz.Unauthenticated},
	{"user with a space", []string{"Basic " + b64("alice :"+secret)}, authz.Unauthenticated},
	{"account without a password", []string{"Basic " + b64("passwordless:"+secret)}, authz.Unauthenticated},
	{"malformed stored hash", []string{"Basic " + b64("broken:"+secret)}, authz.Unauthenticated},

	{"attack: two headers, both right", []string{"Basic " + b64("alice:"+secret), "Basic " + b64("alice:"+secret)}, authz.Unauthenticated},
	{"attack: two headers, joined by Envoy", []string{"Basic " + b64("alice:"+secret) + ",Bearer x"}, authz.Unauthenticated},
	{"attack: joined the other way round", []string{"Bearer x,Basic " + b64("alice:"+secret)}, authz.Unauthenticated},
	{"attack: joined with a space", []string{"Basic " + b64("alice:"+secret) + ", Basic " + b64("admin:x")}, authz.Unauthenticated},
	{"other scheme", []string{"Bearer " + b64("alice:"+secret)}, authz.Unauthenticated},
	{"scheme alone", []string{"Basic"}, authz.Unauthenticated},
	{"scheme and a space", []string{"Basic "}, authz.Unauthenticated},
	{"no scheme", []string{b64("alice:" + secret)}, authz.Unauthenticated},
	{"tab after the scheme", []string{"Basic\t" + b64("alice:"+secret)}, authz.Unauthenticated},
	{"trailing space", []string{"Basic " + b64("alice:"+secret) + " "}, authz.Unauthenticated},
	{"not base64", []string{"Basic ~~~~"}, authz.Unauthenticated},
	{"not encoded", []string{"Basic alice:" + secret}, authz.Unauthenticated},
	{"base64 of the URL alphabet", []string{"Basic " + base64.URLEncoding.EncodeToString([]byte("url:???>>>~~~???"))}, authz.Unauthenticated},
	{"base64 without padding", []string{"Basic " + strings.TrimRight(b64("bob:"+secret), "=")}, authz.Unauthenticated},
	{"base64 with a line break", []string{"Basic " + b64("alice:" + secret)[:8] + "\r\n" + b64("alice:" + secret)[8:]}, authz.Unauthenticated},
	{"base64 with stray padding bits", []string{"Basic " + strings.Replace(b64("bob:"+secret), "Q==", "R==", 1)}, authz.Unauthenticated},
	{"no colon", []string{"Basic " + b64("alice")}, authz.Unauthenticated},
	{"empty user", []string{"Basic " + b64(":"+secret)}, authz.Unauthenticated},
	{"empty password", []string{"Basic " + b64("alice:")}, authz.Unauthenticated},
	{"empty both", []string{"Basic " + b64(":")}, authz.Unauthenticated},
	{"NUL after the user", []string{"Basic " + b64("alice\x00:"+secret)}, authz.Unauthenticated},
	{"NUL after the password", []string{"Basic " + b64("alice:"+secret+"\x00")}, authz.Unauthenticated},
	{"user in Latin-1", []string{"Basic " + b64("\xe9lise:"+secret)}, authz.Unauthenticated},
	{"password in Latin-1", []string{"Basic " + b64("unicode:p\xe4ssw\xf6rd")}, authz.Unauthenticated},
	{"password too long", []string{"Basic " + b64("longest:"+strings.Repeat("x", maxPassword+1))}, authz.Unauthenticated},
	{"user too long", []string{"Basic " + b64(strings.Repeat("x", maxUsername+1)+":"+secret)}, authz.Unauthenticated},
	{"a megabyte", []string{"Basic " + b64("alice:"+strings.Repeat("x", 1<<20))}, authz.Unauthenticated},
	{"guessing from an exhausted address", []string{"Basic " + b64("throttled:"+secret)}, authz.Throttled},
}

func TestVectors(t *testing.T) {
	s := setStage(t)
	add := func(name, hash string) {
		s.people.put(name, Account{Principal: authz.Principal{UserID: 9, Username: name}, PasswordHash: hash})
	}
	add("bob", s.hash(t, secret))
	add("url", s.hash(t, "???>>>~~~???"))
	add("colon", s.hash(t, "a:b:c:d:e:f:g"))
	add("unicode", s.hash(t, "pässwörd-日本語"))
	add("longest", s.hash(t, strings.Repeat("x", maxPassword)))
	add("throttled", s.hash(t, secret))
	add("passwordless", "")
	add("broken", "$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA")
	for range DefaultLimits().User.Burst {
		s.expect(t, authz.Unauthenticated, "throttled", "not this password", home)
	}
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			p, err := s.Authenticate(t.Context(), authz.Request{Headers: authz.Headers{"authorization": v.lines}, Source: home})
			if got := reason(err); got != v.want || p.Known() != (v.want == "") {
				t.Fatalf("got %q for %+v (%v), want %q", got, p, err, v.want)
			}
			if v.want == authz.Unauthenticated {
				checkText(t, err)
			}
		})
	}
}

func checkText(t *testing.T, err error) {
	t.Helper()
	const want = "You are not authenticated. Please see https://www.mlflow.org/docs/latest/auth/index.html#authenticating-to-mlflow " +
		"on how to authenticate."
	var r *authz.Refusal
	if !errors.As(err, &r) || r.Text != want {
		t.Errorf("public text is %q, want MLflow's", r.Text)
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("the error quotes the password: %v", err)
	}
}

// FuzzParseBasic: whatever is let through has one reading only. Encoding what we read gives back what was sent.
func FuzzParseBasic(f *testing.F) {
	for _, v := range vectors {
		if len(v.lines) == 1 && len(v.lines[0]) < 200 {
			f.Add(v.lines[0])
		}
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, err := parseBasic(authz.Headers{"authorization": {line}})
		if err != nil {
			if c != (basic{}) {
				t.Fatalf("refused, but returned %+v", c)
			}
			return
		}
		if strings.Contains(c.username, ":") || !acceptable(c.username, maxUsername) || !acceptable(c.password, maxPassword) {
			t.Fatalf("accepted %q as %+v", line, c)
		}
		if again := b64(c.username + ":" + c.password); again != c.token || !strings.HasSuffix(line, " "+again) {
			t.Fatalf("%q reads as %q, which is %q", line, c.token, again)
		}
	})
}
