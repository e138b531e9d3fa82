package jwt

import "testing"

func TestTemplate(t *testing.T) {
	c := claims{
		"sub": "s", "email": "a@b.c", "empty": "", "number": 1.0,
		"kubernetes.io": map[string]any{"namespace": "team", "serviceaccount": map[string]any{"name": "train.er"}},
		"a/b":           "slash", "https://example.com/name": "url",
	}
	for text, want := range map[string]string{
		"{sub}":                      "s",
		"sso-{email}":                "sso-a@b.c",
		"{sub}.x":                    "s.x",
		"{https://example.com/name}": "url",
		"{/a~1b}":                    "slash",
		"k8s.{/kubernetes.io/namespace}.{/kubernetes.io/serviceaccount/name}": "k8s.team.train.er",
		"{/kubernetes.io/serviceaccount/name}.{sub}":                          "", // which dot?
		"{empty}":           "",
		"{number}":          "",
		"{missing}":         "",
		"{/kubernetes.io}":  "",
		"{/sub/x}":          "",
		"{sub}-{missing}":   "",
		"{email}@other.org": "",
	} {
		parsed, err := parseTemplate(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := parsed.apply(c); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "alice", "{}", "{sub", "sub}", "{a}{b}", "{a}}", "}{a}"} {
		if _, err := parseTemplate(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}
