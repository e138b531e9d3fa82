package bootstrap

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"extauthz/internal/golden"
)

// secured is a configuration with all of TLS.
func secured() Options {
	o := fixture
	o.Check, o.SecretsDir = "extauthz.internal:9191", "/etc/envoy/secrets"
	o.TLS = PublicTLS{
		Certificate: "/tls/tls.crt", Key: "/tls/tls.key", ClientCA: "/clients/ca.crt", ClientCRL: "/clients/ca.crl", RequireClientCertificate: true,
	}
	o.ServiceTLS = ServiceTLS{CA: "/internal/ca.crt", Name: "spiffe://example.com/extauthz", Certificate: "/internal/tls.crt", Key: "/internal/tls.key"}
	return o
}

// TestGoldenTLS is what TLS adds to the configuration: transport sockets, and the files beside it.
func TestGoldenTLS(t *testing.T) {
	added := map[string]any{}
	var config any
	if err := json.Unmarshal(render(t, secured()), &config); err != nil {
		t.Fatal(err)
	}
	walk("", config, func(at string, v any) {
		if m, ok := v.(map[string]any); ok && m["transport_socket"] != nil {
			name, _ := m["name"].(string)
			added[at+" "+name] = m["transport_socket"]
		}
	})
	files, err := Secrets(secured())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		added[name] = json.RawMessage(text)
	}
	got, err := json.MarshalIndent(added, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/tls.json", string(got)+"\n")
}

func TestPlainHTTPIsTheDefault(t *testing.T) {
	files, err := Secrets(fixture)
	if err != nil || len(files) != 0 || bytes.Contains(render(t, fixture), []byte("transport_socket")) {
		t.Errorf("TLS although nobody asked: %v %v", files, err)
	}
}

func TestUnixSocketNeedsNoTLS(t *testing.T) {
	o := secured()
	o.Check = fixture.Check
	if n := bytes.Count(render(t, o), []byte(`"transport_socket"`)); n != 2 {
		t.Errorf("%d sockets have TLS, want the public one and the auth API", n)
	}
}

func TestHalfOfTLSIsRefused(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*Options)
		want   string
	}{
		{"no key", func(o *Options) { o.TLS.Key = "" }, "tls-key"},
		{"no certificate", func(o *Options) { o.TLS.Certificate = "" }, "tls-cert"},
		{"client certificates without TLS", func(o *Options) { o.TLS.Certificate, o.TLS.Key = "", "" }, "client-ca"},
		{"required of nobody", func(o *Options) { o.TLS.ClientCA, o.TLS.ClientCRL = "", "" }, "require-client-cert"},
		{"revoked by nobody", func(o *Options) { o.TLS.ClientCA = "" }, "client-crl"},
		{"any certificate of the authority", func(o *Options) { o.ServiceTLS.Name = "" }, "service-name"},
		{"any authority", func(o *Options) { o.ServiceTLS.CA = "" }, "service-ca"},
		{"half of Envoy's", func(o *Options) { o.ServiceTLS.Key = "" }, "service-key"},
		{"no directory", func(o *Options) { o.SecretsDir = "" }, "secrets-dir"},
		{"a relative path", func(o *Options) { o.TLS.Key = "tls.key" }, "tls-key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := secured()
			tc.change(&o)
			_, err := Render(o)
			if _, same := Secrets(o); err == nil || same == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error that names %q", err, tc.want)
			}
		})
	}
}

func TestSecretsHoldNoKey(t *testing.T) {
	files, err := Secrets(secured())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name, text := range files {
		names = append(names, name)
		if bytes.Contains(text, []byte("inline")) || !bytes.Contains(text, []byte("filename")) {
			t.Errorf("%s: %s", name, text)
		}
	}
	slices.Sort(names)
	if want := []string{"client-ca.json", "envoy-certificate.json", "public-certificate.json", "service-ca.json"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}
