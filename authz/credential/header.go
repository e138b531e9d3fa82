package credential

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"extauthz/authz"
)

// maxUsername bounds what we look up. CheckUsername allows 128, but accounts imported from MLflow may have longer names.
const maxUsername = 1024

// maxToken is the longest base64 text that can hold an acceptable username and password.
const maxToken = (maxUsername + 1 + maxPassword + 2) / 3 * 4

// strictBase64 refuses padding bits that are not zero: two texts for one credential. It is made once because Strict copies a table.
var strictBase64 = base64.StdEncoding.Strict()

// basic is a well-formed Basic credential. It is no proof of anything yet.
type basic struct {
	token    string // the base64 text; strict base64 and the first colon make it one-to-one with (username, password)
	username string
	password string
}

// parseBasic reads the one Authorization header. Its errors are for our log; the client sees the same text for all of them.
//
// Envoy joins repeated Authorization lines with a comma, also with raw headers. A comma is not in the base64 alphabet, so a joined
// value fails to decode: of two credentials we never pick one.
func parseBasic(h authz.Headers) (basic, error) {
	switch len(h["authorization"]) {
	case 0:
		return basic{}, ErrAbsent
	case 1:
	default:
		return basic{}, ErrSeveral
	}
	scheme, token, _ := authorization(h)
	if !strings.EqualFold(scheme, "Basic") {
		return basic{}, malformed("the Authorization scheme is not Basic")
	}
	return parsePair(token)
}

func malformed(how string) error { return fmt.Errorf("%w: %s", ErrMalformed, how) }

func parsePair(token string) (basic, error) {
	// Go's decoder skips line breaks even when strict.
	if len(token) > maxToken || strings.ContainsAny(token, "\r\n") {
		return basic{}, malformed("the Basic credential is too long or has line breaks")
	}
	var raw [maxToken / 4 * 3]byte // on the stack: this runs on every request
	n, err := strictBase64.Decode(raw[:], []byte(token))
	if err != nil {
		return basic{}, malformed("the Basic credential is not base64")
	}
	username, password, ok := strings.Cut(string(raw[:n]), ":")
	switch {
	case !ok:
		return basic{}, malformed("the Basic credential has no colon")
	case !acceptable(username, maxUsername):
		return basic{}, malformed("the username is empty, too long, or not UTF-8 text")
	case !acceptable(password, maxPassword):
		return basic{}, malformed("the password is empty, too long, or not UTF-8 text")
	}
	return basic{token: token, username: username, password: password}, nil
}

func acceptable(text string, longest int) bool {
	return text != "" && len(text) <= longest && utf8.ValidString(text) && strings.IndexByte(text, 0) < 0
}
