package sigv4

import "net/url"

// appendEscaped escapes every byte but those that RFC 3986 reserves for nothing, and keep.
func appendEscaped(b []byte, text string, keep byte) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(text) {
		switch c := text[i]; {
		case c == keep || unreserved(c):
			b = append(b, c)
		default:
			b = append(b, '%', digits[c>>4], digits[c&15])
		}
	}
	return b
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// escapedAnew reads a key or value of a query as MLflow does ("+" is a space) and escapes what it says. Most texts are their own.
func escapedAnew(text string) (string, bool) {
	plain := true
	for i := range len(text) {
		plain = plain && unreserved(text[i])
	}
	if plain {
		return text, true
	}
	decoded, err := url.QueryUnescape(text)
	return string(appendEscaped(nil, decoded, '~')), err == nil
}
