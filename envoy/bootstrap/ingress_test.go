package bootstrap

import (
	"os"
	"strings"
	"testing"
)

// TestNginxStripsWhatEnvoyStrips: the nginx before MLflow takes out, or sets, what the rendered configuration takes out.
func TestNginxStripsWhatEnvoyStrips(t *testing.T) {
	text, err := os.ReadFile("../../e2e/nginx/pass.conf")
	if err != nil {
		t.Fatal(err)
	}
	conf := strings.ToLower(string(text))
	for _, name := range strippedHeaders {
		if !strings.Contains(conf, "proxy_set_header "+name+" ") {
			t.Errorf("e2e/nginx/pass.conf leaves %s to the client", name)
		}
	}
}
