package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"extauthz/authz/credential"
)

const (
	scheme     = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	maxHeader  = 4096 // bytes of an Authorization header; the client's has about 250
)

// signature is a well-formed Authorization header. It is no proof of anything yet.
type signature struct {
	credential                  string // "MLFA…/20261123/us-east-1/execute-api/aws4_request"
	keyID, day, region, service string // its parts
	names                       string // of the signed headers: "host;x-amz-content-sha256;x-amz-date"
	sum                         [sha256.Size]byte
}

// parseAuthorization reads "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…", with the parts in this order and nothing after them:
// Envoy joins repeated headers with a comma, and of two credentials we never pick one. Its errors quote nothing.
func parseAuthorization(value string) (s signature, err error) {
	name, rest, _ := strings.Cut(value, " ")
	if len(value) > maxHeader || !strings.EqualFold(name, scheme) {
		return s, malformed("the Authorization header is no signature, or too long")
	}
	var sum string
	var ok1, ok2, ok3 bool
	s.credential, rest, ok1 = field(rest, "Credential=")
	s.names, rest, ok2 = field(rest, "SignedHeaders=")
	sum, rest, ok3 = field(rest+",", "Signature=")
	if !ok1 || !ok2 || !ok3 || rest != "" {
		return s, malformed("not Credential, SignedHeaders and Signature")
	}
	if !decodeHash(&s.sum, sum) {
		return s, malformed("the signature is not 64 lower-case hexadecimal digits")
	}
	return s, s.parseCredential()
}

// field cuts "name…," off.
func field(text, name string) (value, rest string, ok bool) {
	value, rest, more := strings.Cut(text, ",")
	value, ok = strings.CutPrefix(strings.TrimLeft(value, " "), name)
	return value, rest, ok && more && value != ""
}

func (s *signature) parseCredential() error {
	rest := s.credential
	for _, part := range []*string{&s.keyID, &s.day, &s.region, &s.service} {
		var more bool
		if *part, rest, more = strings.Cut(rest, "/"); !more || *part == "" {
			return malformed("the credential is not key/day/region/service/aws4_request")
		}
	}
	switch {
	case rest != terminator:
		return malformed("the credential does not end in aws4_request")
	case !isKeyID(s.keyID):
		return malformed("not an access key of this service")
	case strings.ContainsFunc(s.credential, func(r rune) bool { return r <= ' ' || r > '~' }):
		return malformed("the credential has a character that no scope has")
	default:
		return nil
	}
}

// decodeHash reads lower-case hexadecimal digits, so that there is one text for each signature.
func decodeHash(into *[sha256.Size]byte, text string) bool {
	if len(text) != hex.EncodedLen(len(into)) || strings.ContainsAny(text, "ABCDEF") {
		return false
	}
	_, err := hex.Decode(into[:], []byte(text))
	return err == nil
}

func malformed(how string) error { return fmt.Errorf("%w: %s", credential.ErrMalformed, how) }

func wrong(how string) error { return fmt.Errorf("%w: %s", credential.ErrWrong, how) }
