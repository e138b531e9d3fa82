package jwt

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"extauthz/authz/credential"
)

// maxToken is the longest token that is read, in bytes. Envoy takes 60 KiB of headers.
const maxToken = 8 << 10

// token is a well-formed token. It is no proof of anything yet.
type token struct {
	compact string
	header  header
	claims  claims
}

// strictBase64 refuses padding bits that are not zero: two texts for one token.
var strictBase64 = base64.RawURLEncoding.Strict()

// shaped reports whether text has the three parts of a signed token. An encrypted one has five.
func shaped(text string) bool { return strings.Count(text, ".") == 2 }

// parse reads a token. Its errors repeat nothing of it.
func parse(compact string) (token, error) {
	if len(compact) > maxToken || strings.ContainsAny(compact, "\r\n") { // Go's decoder skips line breaks even when strict
		return token{}, malformed("longer than %d bytes, or with line breaks", maxToken)
	}
	parts := strings.Split(compact, ".")
	if len(parts) != 3 || parts[2] == "" {
		return token{}, malformed("not the three parts of a signed token")
	}
	if _, err := strictBase64.DecodeString(parts[2]); err != nil {
		return token{}, malformed("the signature is not base64url")
	}
	var fields, body map[string]any
	if err := decode(parts[0], &fields); err != nil {
		return token{}, malformed("the header is not one JSON object, base64url")
	}
	if err := decode(parts[1], &body); err != nil {
		return token{}, malformed("the claims are not one JSON object, base64url")
	}
	h, err := readHeader(fields)
	return token{compact: compact, header: h, claims: body}, err
}

// decode reads one object, without repeated names at any depth. JSON's null is none.
func decode(part string, into *map[string]any) error {
	text, err := strictBase64.DecodeString(part)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return err
	}
	if *into == nil {
		return errors.New("no object")
	}
	return nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{credential.ErrMalformed}, args...)...)
}

func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{credential.ErrWrong}, args...)...)
}
