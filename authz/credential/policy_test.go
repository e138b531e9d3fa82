package credential

import (
	"strings"
	"testing"

	"extauthz/authz"
)

func TestCheckPassword(t *testing.T) {
	for password, part := range map[string]string{
		"twelve chars":                    "",
		"日本語日本語日本語日本語":                    "", // runes, not bytes
		strings.Repeat("x", 1024):         "",
		"eleven char":                     "at least 12",
		"日本語日本":                           "at least 12",
		"":                                "at least 12",
		strings.Repeat("x", 1025):         "at most 1024",
		"latin-1 p\xe4ssword":             "UTF-8",
		"twelve chars\x00":                "NUL",
		strings.Repeat("\U0001F512", 256): "",
	} {
		checkPolicy(t, password, CheckPassword(password), part)
	}
}

func TestCheckUsername(t *testing.T) {
	for name, part := range map[string]string{
		"a": "", "alice": "", "Alice.B_c-d+e@example.com": "", "007": "", strings.Repeat("x", 128): "",
		"": "empty", strings.Repeat("x", 129): "at most 128",
		"b:ob": "not allowed", "bob ": "not allowed", " bob": "not allowed", "bo b": "not allowed", "bob\x00": "not allowed",
		"bob\n": "not allowed", "b/ob": "not allowed", "böb": "not allowed", "ｂob": "not allowed", "bob\u202e": "not allowed",
		"b\xffb": "not allowed", "bob,": "not allowed", "bob\"": "not allowed", "*": "not allowed",
	} {
		checkPolicy(t, name, CheckUsername(name), part)
	}
}

// checkPolicy wants a refusal whose public text contains part, or none when part is empty.
func checkPolicy(t *testing.T, input string, err error, part string) {
	t.Helper()
	if part == "" && err == nil {
		return
	}
	if part == "" || reason(err) != authz.InvalidParameter || !strings.Contains(err.Error(), part) {
		t.Errorf("%.40q: got %v, want text with %q", input, err, part)
	}
}

func TestDefaultPassword(t *testing.T) {
	for password, want := range map[string]bool{
		"password": true, "password1234": true, "Password1234": false, "password123": false, "": false, secret: false,
	} {
		if got := DefaultPassword(password); got != want {
			t.Errorf("DefaultPassword(%q) = %v", password, got)
		}
	}
}
