package mlflow

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"extauthz/authz"
)

// parseQuery reads a query string as werkzeug does, where both agree, and refuses it otherwise. ';' is data, '+' a space.
func parseQuery(raw string) (map[string][]string, error) {
	if raw == "" {
		return nil, nil
	}
	if strings.ContainsFunc(raw, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '#' }) {
		return nil, ambiguousQuery("it has a '#' or bytes that must be escaped")
	}
	values := make(map[string][]string, 4)
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		k, err1 := unescapeQuery(key)
		v, err2 := unescapeQuery(value)
		if err1 != nil || err2 != nil {
			return nil, ambiguousQuery("it has a malformed escape, a NUL or bytes that are not UTF-8")
		}
		if strings.ContainsAny(k, "[]") || strings.Contains(v, "[]") { // MLflow 2.9 reads lists by them, and "[]" as "[0]"
			return nil, ambiguousQuery("it has brackets in a key, or '[]'")
		}
		values[k] = append(values[k], v)
	}
	return values, nil
}

func unescapeQuery(s string) (string, error) {
	s, err := url.QueryUnescape(s)
	if err == nil && (!utf8.ValidString(s) || strings.ContainsRune(s, 0)) {
		err = url.EscapeError(s)
	}
	return s, err
}

func ambiguousQuery(why string) error {
	return authz.Refuse(authz.AmbiguousQuery, "The query string is ambiguous: "+why+".")
}
