package sigv4

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
)

const vectorsFile = "testdata/vectors.json"

// vectors are signed requests of real clients as Envoy showed them (TestRealClients -update), with the keys that signed them.
type vectors struct {
	Keys     []AccessKey `json:"keys"`
	Requests []vector    `json:"requests"`
}

type vector struct {
	Case     string            `json:"case"`
	Method   string            `json:"method"`
	Target   string            `json:"target"`
	Host     string            `json:"host"`
	Headers  map[string]string `json:"headers"` // the one line of each that matters
	Body     string            `json:"body,omitzero"`
	Withheld bool              `json:"withheld,omitzero"` // the route shows no bodies
}

func (v vector) request() authz.Request {
	r := authz.Request{Method: v.Method, Target: v.Target, Host: v.Host, Headers: authz.Headers{}, Proxy: authz.Proxy{WithholdsBody: v.Withheld}}
	if !v.Withheld && v.Body != "" {
		r.Body = []byte(v.Body)
	}
	for name, value := range v.Headers {
		r.Headers[name] = []string{value}
	}
	return r
}

func vectorOf(r authz.Request) vector {
	v := vector{Method: r.Method, Target: r.Target, Host: r.Host, Body: string(r.Body), Withheld: r.Proxy.WithholdsBody, Headers: map[string]string{}}
	for name, lines := range r.Headers {
		if name == "authorization" || strings.HasPrefix(name, amazonPrefix) || strings.HasPrefix(name, "content-") {
			v.Headers[name] = lines[0]
		}
	}
	return v
}

func readVectors(t testing.TB) vectors {
	t.Helper()
	text, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// captured sets a stage at the time when a vector was signed.
func captured(t testing.TB, name string, change ...func(*Config)) (*stage, authz.Request) {
	t.Helper()
	all := readVectors(t)
	for _, v := range all.Requests {
		if v.Case == name {
			s := setStage(t, change...)
			for _, k := range all.Keys {
				s.put(t, k, "alice")
			}
			s.clock = signedAt(t, v)
			return s, v.request()
		}
	}
	t.Fatalf("no vector %q", name)
	return nil, authz.Request{}
}

func signedAt(t testing.TB, v vector) time.Time {
	t.Helper()
	at, err := time.Parse(dateLayout, v.Headers[dateHeader])
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// partlySigned are the requests of which the client signs a part of the query only.
var partlySigned = map[string]bool{
	"mlflow plain lasting: GET with a repeated parameter": true,
	"mlflow plain session: GET with a repeated parameter": true,
	"mlflow boto3 lasting: GET with a repeated parameter": true,
	"mlflow boto3 session: GET with a repeated parameter": true,
}

// TestVectors: what real clients have signed is accepted; an upload and a partly signed query only where that is configured.
func TestVectors(t *testing.T) {
	for _, v := range readVectors(t).Requests {
		t.Run(v.Case, func(t *testing.T) {
			s, r := captured(t, v.Case)
			s.expect(t, !partlySigned[v.Case] && !(v.Withheld && writes(v.Method)), r)
			s, r = captured(t, v.Case, func(c *Config) { c.PartlySignedQueries, c.UnverifiedBodies = true, true })
			s.expect(t, true, r)
		})
	}
}
