package credential_test

import (
	"errors"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/credentialtest"
)

// TestWhoseCredentialFailed: as far as it says so, whether or not there is such a user, and in nothing that an error says.
func TestWhoseCredentialFailed(t *testing.T) {
	w := credentialtest.NewWorld()
	b := passwords(t, w)
	for name, c := range map[string]struct {
		request authz.Request
		want    string
	}{
		"a wrong password":   {basicAuth("alice", "wrong"), "alice"},
		"no such user":       {basicAuth("typed-a-password", "wrong"), "typed-a-password"},
		"another's token":    {basicAuth("mallory", w.IssueToken("alice")), "mallory"},
		"no credential":      {authz.Request{}, ""},
		"a malformed one":    {asking("Basic !"), ""},
		"the right password": {basicAuth("alice", password), ""},
	} {
		_, err := b.Authenticate(t.Context(), c.request)
		if got := credential.TriedName(err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if err != nil && c.want != "" && strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error has the name: %v", name, err)
		}
		if refusal := (*authz.Refusal)(nil); err != nil && !errors.As(err, &refusal) {
			t.Errorf("%s: no refusal: %v", name, err)
		}
	}
	if credential.Tried("alice", nil) != nil {
		t.Error("success became a failure")
	}
}
