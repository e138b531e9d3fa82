package certificate

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"extauthz/authz/credential"
)

// Rule makes a username of what stands in one place of a certificate: by a pattern or by a list.
type Rule struct {
	From From `yaml:"from" required:"true" enum:"uri,dns,email,cn" help:"where the certificate says whose it is: a subject alternative name, or the subject's common name"`
	// Pattern is a regular expression (RE2) for all of the text, whose one group is the username.
	Pattern string `yaml:"pattern,omitempty" help:"regular expression for all that stands there, with one group, which is the username: spiffe://example\\.com/user/(.+)"`
	// Map has the username of each text that counts.
	Map map[string]string `yaml:"map,omitempty" help:"instead of a pattern: what stands there, and the username of each"`
	// Issuer is the distinguished name that must have issued the certificate (RFC 2253); "" is any authority that the proxy trusts.
	Issuer string `yaml:"issuer,omitempty" help:"who must have issued it: CN=Users,O=Example; any authority that Envoy trusts when it is missing"`
}

// Check refuses a rule that could not name anybody.
func (r Rule) Check() error {
	_, err := r.compile()
	return err
}

// rule is a Rule that is ready to use.
type rule struct {
	Rule
	pattern *regexp.Regexp // nil with a Map
}

func (r Rule) compile() (rule, error) {
	switch {
	case !slices.Contains([]From{URI, DNS, Email, CommonName}, r.From):
		return rule{}, fmt.Errorf("from %q: choose uri, dns, email or cn", r.From)
	case (r.Pattern == "") == (len(r.Map) == 0):
		return rule{}, errors.New("give either a pattern or a map")
	case r.Pattern == "":
		return rule{Rule: r}, checkMap(r.Map)
	}
	if _, err := regexp.Compile(r.Pattern); err != nil { // by itself: what is unbalanced must not close the group around it
		return rule{}, fmt.Errorf("pattern: %w", err)
	}
	pattern, err := regexp.Compile(`\A(?:` + r.Pattern + `)\z`)
	if err == nil && pattern.NumSubexp() != 1 {
		err = errors.New("it needs exactly one group in parentheses, which is the username; write others as (?:…)")
	}
	if err != nil {
		return rule{}, fmt.Errorf("pattern: %w", err)
	}
	return rule{Rule: r, pattern: pattern}, nil
}

func checkMap(m map[string]string) error {
	for text, username := range m {
		if text == "" || username == "" {
			return errors.New("map: a text or a username is empty")
		}
	}
	return nil
}

// username is whom the rule takes the holder for; matched is false when the rule does not speak of the certificate. Several texts may match if
// all of them name the same user.
func (r rule) username(c *Certificate) (username string, matched bool, err error) {
	if r.Issuer != "" && r.Issuer != c.issuer {
		return "", false, nil
	}
	for _, text := range c.Names(r.From) {
		name, ok := r.apply(text)
		switch {
		case !ok:
			continue
		case matched && name != username:
			return "", true, fmt.Errorf("%w: a certificate names two users", credential.ErrSeveral)
		case r.pattern != nil && credential.CheckUsername(name) != nil:
			return "", true, malformed("it names what cannot be a username")
		}
		username, matched = name, true
	}
	return username, matched, nil
}

func (r rule) apply(text string) (username string, ok bool) {
	if r.pattern == nil {
		username, ok = r.Map[text]
		return username, ok
	}
	groups := r.pattern.FindStringSubmatch(text)
	if groups == nil {
		return "", false
	}
	return groups[1], true
}
