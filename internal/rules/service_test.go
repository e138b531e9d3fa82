package rules

import (
	"strings"
	"testing"
)

// TestTheServiceIsSmall keeps what only builds or tests it out of the binary: whatever is in there has to be trusted with passwords.
func TestTheServiceIsSmall(t *testing.T) {
	foreign := below("github.com/google/go-containerregistry", "github.com/spdx", "github.com/google/go-cmp", "pgregory.net/rapid",
		"github.com/rogpeppe/go-internal", "golang.org/x/crypto/x509roots", "testing")
	for _, p := range list(t) {
		if !strings.HasPrefix(p.ImportPath, "extauthz/cmd/") {
			continue
		}
		for _, dependency := range p.Deps {
			if foreign(dependency) {
				t.Errorf("%s depends on %s", p.ImportPath, dependency)
			}
		}
	}
}
