package sigv4

import (
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"testing"

	"extauthz/authz"
)

// FuzzParseAuthorization: what is accepted has one reading only. Written down again, it is what was sent, but for the spaces and the scheme's case.
func FuzzParseAuthorization(f *testing.F) {
	for _, v := range readVectors(f).Requests[:4] {
		f.Add(v.Headers["authorization"])
		f.Add(v.Headers["authorization"] + ",Basic YTpi")
	}
	f.Add("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request,SignedHeaders=,Signature=")
	f.Fuzz(func(t *testing.T, value string) {
		s, err := parseAuthorization(value)
		if err != nil {
			return
		}
		again := scheme + "Credential=" + strings.Join([]string{s.keyID, s.day, s.region, s.service, terminator}, "/") +
			",SignedHeaders=" + s.names + ",Signature=" + hex.EncodeToString(s.sum[:])
		plain := strings.ReplaceAll(value[len(scheme):], " ", "")
		if scheme+plain != strings.ReplaceAll(again, " ", "") || !isKeyID(s.keyID) || s.credential != strings.Join([]string{s.keyID, s.day, s.region, s.service, terminator}, "/") {
			t.Errorf("%q reads as %q", value, again)
		}
	})
}

// FuzzCanonical: two requests with one canonical form are one request, but for the order of the query's pairs and, in the escaped form, for
// spellings that MLflow reads alike. So nobody can turn a signed request into another.
func FuzzCanonical(f *testing.F) {
	f.Add("/a?b=1&a=2", "/a?a=2&b=1", "POST", "x y", "x  y")
	f.Add("/a?b=+", "/a?b=%20", "GET", "", " ")
	f.Add("/a%20b?a", "/a%2520b?a=", "GET", "v", "v")
	f.Add("/a?x=1&x=2", "/a?x=2&x=1", "GET", "v\nx-amz-date:1", "v")
	f.Add("/?%zz", "/?&&", "GET", "\xff", "é")
	f.Fuzz(func(t *testing.T, target1, target2, method, value1, value2 string) {
		if strings.Contains(target1+target2+method+value1+value2, "\n") {
			t.Skip("covers refuses line breaks")
		}
		for _, form := range []form{asSent, escaped} {
			one, ok1 := canonical(form, method, target1, value1)
			two, ok2 := canonical(form, method, target2, value2)
			if !ok1 || !ok2 || one != two {
				continue
			}
			if a, b := meaning(form, target1), meaning(form, target2); !slices.Equal(a, b) {
				t.Errorf("form %d: %q and %q are one: %q and %q", form, target1, target2, a, b)
			}
			if strings.Join(strings.Fields(value1), " ") != strings.Join(strings.Fields(value2), " ") {
				t.Errorf("form %d: the headers %q and %q are one", form, value1, value2)
			}
		}
	})
}

func canonical(f form, method, target, value string) (string, bool) {
	var d draft
	r := authz.Request{Method: method, Target: target, Host: "h", Headers: authz.Headers{"x-amz-meta": {value}}}
	s := signed{signature: signature{credential: "k/d/r/s/aws4_request", keyID: "k", names: "host;x-amz-meta"}, payload: emptyHash}
	ok := d.write(f, s, r)
	return string(d.request), ok
}

// meaning is the path and the sorted pairs, as MLflow reads them when the form escapes anew.
func meaning(f form, target string) []string {
	path, query, _ := strings.Cut(target, "?")
	var pairs []string
	for pair := range strings.SplitSeq(query, "&") {
		if key, value, found := strings.Cut(pair, "="); f == escaped {
			key, _ = url.QueryUnescape(key)
			value, _ = url.QueryUnescape(value)
			pair = url.QueryEscape(key) + "=" + url.QueryEscape(value)
			if !found && query == "" {
				pair = ""
			}
		}
		pairs = append(pairs, pair)
	}
	slices.Sort(pairs)
	return append([]string{path}, pairs...)
}
