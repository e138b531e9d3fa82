package credential

import (
	"strings"

	"extauthz/authz"
)

// authorization splits the one Authorization header into its scheme and the rest. Envoy joins repeated lines with a comma, which is neither in
// base64 nor in any token, so that of two credentials none is picked.
func authorization(h authz.Headers) (scheme, rest string, ok bool) {
	value, ok := h.One("authorization")
	if !ok {
		return "", "", false
	}
	scheme, rest, _ = strings.Cut(value, " ")
	return scheme, strings.TrimLeft(rest, " "), true
}

// BearerToken is the token of the one "Authorization: Bearer" header; ok is false when there is none. It is not empty and has only the
// characters that RFC 6750 allows.
func BearerToken(h authz.Headers) (token string, ok bool) {
	scheme, token, ok := authorization(h)
	if !ok || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", false
	}
	for i := range len(token) {
		if !isBase62(token[i]) && strings.IndexByte("-._~+/=", token[i]) < 0 {
			return "", false
		}
	}
	return token, true
}
