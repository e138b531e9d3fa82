package mlflow

import (
	"strings"
	"unicode/utf8"

	"extauthz/authz"
)

// splitTarget separates the raw path from the raw query at the first question mark.
func splitTarget(target string) (path, query string) {
	path, query, _ = strings.Cut(target, "?")
	return path, query
}

// decodePath decodes a raw path once and refuses every path that has a second spelling. MLflow matches the decoded path and decodes
// artifact paths until nothing changes, so after one decoding no "%", backslash, empty, "." or ".." segment and no control byte may be
// left, and nothing may have been encoded that did not need it. One trailing slash is kept: it is another route.
func decodePath(raw string) (string, error) {
	if raw == "" || raw[0] != '/' {
		return "", ambiguousPath("it must start with a slash")
	}
	decoded, err := decodeOnce(raw)
	if err != nil {
		return "", err
	}
	if !utf8.ValidString(decoded) {
		return "", ambiguousPath("it is not UTF-8")
	}
	return decoded, checkSegments(decoded)
}

func decodeOnce(raw string) (string, error) {
	if !strings.ContainsRune(raw, '%') {
		return raw, checkBytes(raw)
	}
	var b strings.Builder
	b.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '%' {
			b.WriteByte(raw[i])
			continue
		}
		c, ok := escaped(raw, i)
		if !ok {
			return "", ambiguousPath("it has a malformed percent escape")
		}
		if unreserved(c) || c == '/' || c == '\\' || c == '%' {
			return "", ambiguousPath("it escapes " + string(rune(c)) + ", which has a second reading")
		}
		b.WriteByte(c)
		i += 2
	}
	return b.String(), checkBytes(b.String())
}

func escaped(s string, i int) (byte, bool) {
	if i+2 >= len(s) {
		return 0, false
	}
	hi, ok1 := unhex(s[i+1])
	lo, ok2 := unhex(s[i+2])
	return hi<<4 | lo, ok1 && ok2
}

func unhex(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	default:
		return 0, false
	}
}

// unreserved is RFC 3986 §2.3: bytes that mean the same escaped or not, and so need no escape.
func unreserved(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-._~", c) >= 0
}

func checkBytes(path string) error {
	for i := range len(path) {
		if c := path[i]; c < 0x20 || c == 0x7f || c == '\\' || c == '#' || c == '?' {
			return ambiguousPath("it has a control character, a backslash, '#' or an escaped '?'")
		}
	}
	return nil
}

func checkSegments(path string) error {
	if path == "/" {
		return nil
	}
	for segment := range strings.SplitSeq(strings.TrimSuffix(path[1:], "/"), "/") {
		if segment == "" || segment == "." || segment == ".." {
			return ambiguousPath("it has an empty, '.' or '..' segment")
		}
	}
	return nil
}

func ambiguousPath(why string) error {
	return authz.Refuse(authz.AmbiguousPath, "The path is not canonical: "+why+". Send it decoded and without detours.")
}
