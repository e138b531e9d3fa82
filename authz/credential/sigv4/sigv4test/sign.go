// Package sigv4test signs requests as requests-auth-aws-sigv4 does, which is what MLflow's client uses, for tests and benchmarks. It is written
// from the protocol's description and shares nothing with the code that verifies.
package sigv4test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"extauthz/authz"
)

const scheme = "AWS4-HMAC-SHA256"

// Scope is what a signature is for, besides the request.
type Scope struct {
	Date            string // 20261126T120000Z
	Day             string // 20261126
	Region, Service string
}

// At is the scope of a moment, in the region and the service that a test need not care about.
func At(t time.Time) Scope {
	date := t.UTC().Format("20060102T150405Z")
	return Scope{Date: date, Day: date[:8], Region: "us-east-1", Service: "execute-api"}
}

// Sign adds to r what the client adds: the date, the hash of the body, and the signature over these and the host.
func Sign(r authz.Request, keyID, secret string, s Scope) {
	sum := sha256.Sum256(r.Body)
	r.Headers["x-amz-date"], r.Headers["x-amz-content-sha256"] = []string{s.Date}, []string{hex.EncodeToString(sum[:])}
	r.Headers["authorization"] = []string{Authorization(r, keyID, secret, s, []string{"host", "x-amz-content-sha256", "x-amz-date"})}
}

// Authorization is the header's text, for signed headers of these names, in the order in which they are signed.
func Authorization(r authz.Request, keyID, secret string, s Scope, names []string) string {
	path, query, _ := strings.Cut(r.Target, "?")
	pairs := strings.Split(query, "&")
	slices.Sort(pairs)
	lines := []string{r.Method, path, strings.Join(pairs, "&")}
	for _, name := range names {
		value := r.Host
		if name != "host" {
			value = strings.Join(r.Headers[name], ",")
		}
		lines = append(lines, name+":"+value)
	}
	signed := strings.Join(names, ";")
	lines = append(lines, "", signed, r.Headers["x-amz-content-sha256"][0])
	scope := strings.Join([]string{s.Day, s.Region, s.Service, "aws4_request"}, "/")
	hash := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	key := []byte("AWS4" + secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	sum := mac(key, strings.Join([]string{scheme, s.Date, scope, hex.EncodeToString(hash[:])}, "\n"))
	return scheme + " Credential=" + keyID + "/" + scope + ", SignedHeaders=" + signed + ", Signature=" + hex.EncodeToString(sum)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
