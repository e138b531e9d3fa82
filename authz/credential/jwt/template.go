package jwt

import (
	"errors"
	"fmt"
	"strings"
)

// template makes usernames from claims: "sso-{email}", "{/kubernetes.io/namespace}.{/kubernetes.io/serviceaccount/name}".
//
// Two tokens of one issuer never make the same name of different claims: a claim that is followed by more must not contain the first
// character of what follows, so that a name can be taken apart in one way only.
type template struct {
	lead  string // before the first claim
	parts []part
}

// part is a claim and the text after it.
type part struct {
	claim claim
	after string
}

func parseTemplate(text string) (template, error) {
	lead, rest, ok := strings.Cut(text, "{")
	t := template{lead: lead}
	for ok {
		name, after, closed := strings.Cut(rest, "}")
		c, err := parseClaim(name)
		if !closed || err != nil {
			return t, fmt.Errorf("%q: write {claim} or {/path/to/claim}", text)
		}
		after, rest, ok = strings.Cut(after, "{")
		if ok && after == "" {
			return t, fmt.Errorf("%q: two claims need a character between them", text)
		}
		t.parts = append(t.parts, part{c, after})
	}
	if len(t.parts) == 0 || strings.ContainsRune(t.lead+t.parts[len(t.parts)-1].after, '}') {
		return t, fmt.Errorf("%q: name a claim in braces", text)
	}
	return t, nil
}

// names reports whether the claim is one of the template's.
func (t template) names(name string) bool {
	for _, p := range t.parts {
		if len(p.claim) == 1 && p.claim[0] == name {
			return true
		}
	}
	return false
}

var errNoUsername = errors.New("the claims of the username are missing, empty, or not text that it can be made of")

func (t template) apply(c claims) (string, error) {
	var b strings.Builder
	b.WriteString(t.lead)
	for _, p := range t.parts {
		value, _ := p.claim.of(c).(string)
		if value == "" || p.after != "" && strings.IndexByte(value, p.after[0]) >= 0 {
			return "", errNoUsername
		}
		b.WriteString(value)
		b.WriteString(p.after)
	}
	return b.String(), nil
}
