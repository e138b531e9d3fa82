package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"extauthz/authz"
)

func TestParseCreators(t *testing.T) {
	got, err := parseCreators([]string{"experiment=roles:leads,team a; prompt=admins", "registered_model=everyone", ""})
	want := map[authz.Kind]authz.Creators{
		authz.Experiment: {Roles: []string{"leads", "team a"}}, authz.Prompt: {}, authz.RegisteredModel: {Everybody: true},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, bad := range []string{
		"experiment", "experiment=", "experiment=nobody", "experiment=roles:", "experiment=roles:a,,b", "experiment=ADMINS", "run=admins",
		"=admins", "experiments=admins", "experiment=admins;experiment=everyone", "workspace=admins", "experiment =admins",
	} {
		if got, err := parseCreators([]string{bad}); err == nil {
			t.Errorf("%q is taken: %v", bad, got)
		}
	}
}
