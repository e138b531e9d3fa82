package config

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"extauthz/authz/credential/certificate"
	"extauthz/authz/credential/identity"
)

func TestCertificatesAndIdentityHeaders(t *testing.T) {
	d := dir(t, map[string]string{"c.yaml": `
certificates:
- from: uri
  pattern: spiffe://a/(.+)
- {from: cn, issuer: "CN=b,O=c", map: {a build: ci}}
identity_headers:
- name: X-User
  from: [{network: 10.0.0.0/8}, {certificate: proxy.internal}]
`})
	c := load(t, []string{"--config", filepath.Join(d, "c.yaml")}, nil).Config
	rules := []certificate.Rule{
		{From: certificate.URI, Pattern: "spiffe://a/(.+)"},
		{From: certificate.CommonName, Issuer: "CN=b,O=c", Map: map[string]string{"a build": "ci"}},
	}
	headers := []identity.Header{{Name: "X-User", From: []identity.Peer{{Network: "10.0.0.0/8"}, {Certificate: "proxy.internal"}}}}
	if !reflect.DeepEqual(c.Certificates, rules) || !reflect.DeepEqual(c.IdentityHeaders, headers) {
		t.Errorf("%+v %+v", c.Certificates, c.IdentityHeaders)
	}
}

// TestWhatAnybodyCouldBe names the place of every mistake that would let somebody be somebody else.
func TestWhatAnybodyCouldBe(t *testing.T) {
	for text, want := range map[string]string{
		`certificates: [{from: cn, pattern: ".+"}]`:                                                                 "c.yaml:1: certificates number 1: pattern: it needs exactly one group",
		"certificates: [{from: cn, map: {a: b}, pattern: (.+)}]":                                                    "c.yaml:1: certificates number 1: give either a pattern or a map",
		"identity_headers: [{name: X-User, from: []}]":                                                              "c.yaml:1: identity_headers number 1: X-User: say which peers",
		"identity_headers: [{name: X-User, from: [{network: 0.0.0.0/0}]}]":                                          "is everybody, who could be anybody then",
		"identity_headers: [{name: Authorization, from: [{network: 10.0.0.0/8}]}]":                                  "it means something else",
		"identity_headers: [{name: X-User, from: [{network: 10.0.0.0/8}]}, {name: x-user, from: [{network: ::1}]}]": "number 2: x-user is there twice",
		"identity_headers: [{name: x-api-key, from: [{network: 10.0.0.0/8}]}]\ntoken_header: [{header: X-Api-Key}]": "number 1: x-api-key carries tokens, too",
		"grpc_listen: 0.0.0.0:9191\ncertificates: [{from: cn, pattern: (.+)}]":                                      `c.yaml:1: grpc_listen "0.0.0.0:9191": with certificates or identity headers, whoever reaches this address can be anybody`,
		"grpc_listen: 0.0.0.0:9191\nidentity_headers: [{name: X-User, from: [{network: 10.0.0.0/8}]}]":              "whoever reaches this address can be anybody",
		"grpc_tls_cert: a": "c.yaml:1: grpc_tls_cert and what belongs to it: a certificate and its key come together",
		"grpc_listen: unix:///a\ngrpc_tls_cert: a\ngrpc_tls_key: b": "c.yaml:2: grpc_tls_cert is for host:port: a unix socket has no TLS",
		"admin_client_ca: a": "clients show certificates to TLS only",
	} {
		file := filepath.Join(dir(t, map[string]string{"c.yaml": text}), "c.yaml")
		if _, err := sources(t, []string{"--config", file}, nil).Load(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestNamesOfClients come from flags and variables as well.
func TestNamesOfClients(t *testing.T) {
	tls := []string{"--grpc-tls-cert", "a", "--grpc-tls-key", "b", "--grpc-client-ca", "c"}
	want := []string{"spiffe://a/envoy", "envoy.internal"}
	for _, c := range []struct{ args, environ []string }{
		{append(tls, "--grpc-client-names", "spiffe://a/envoy, envoy.internal"), nil},
		{append(tls, "--grpc-client-names", "spiffe://a/envoy", "--grpc-client-names", "envoy.internal"), nil},
		{tls, []string{"EXTAUTHZ_GRPC_CLIENT_NAMES=spiffe://a/envoy,envoy.internal"}},
	} {
		if got := load(t, c.args, c.environ).Config.GRPCClientNames; !reflect.DeepEqual(got, want) {
			t.Errorf("%v %v: %q", c.args, c.environ, got)
		}
	}
}
