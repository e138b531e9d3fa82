package mlflow

import (
	"encoding/base64"
	"slices"
	"testing"

	"extauthz/authz"
)

// TestOffsetTokens: MLflow's own form is read back; another one is none of ours, even if MLflow would read it.
func TestOffsetTokens(t *testing.T) {
	for _, offset := range []int{0, 1, 1000, 1 << 40} {
		if got, ok := TokenOffset(OffsetToken(offset)); !ok || got != offset {
			t.Errorf("%d is read back as %d, %v", offset, got, ok)
		}
	}
	if got := OffsetToken(5); got != "eyJvZmZzZXQiOiA1fQ==" { // what MLflow 3.17.2 sends
		t.Errorf("the token of 5 is %s", got)
	}
	if got, ok := TokenOffset(""); !ok || got != 0 {
		t.Errorf("no token is %d, %v", got, ok)
	}
	for _, text := range []string{``, `5`, `{}`, `{"offset":-1}`, `{"offset":"5"}`, `{"offset":5,"x":1}`, `{"Offset":5}`, `{"offset":1.5}`, `{"offset":5}x`} {
		if got, ok := TokenOffset(base64.StdEncoding.EncodeToString([]byte(text))); ok && text != "" {
			t.Errorf("%s is read as %d", text, got)
		}
	}
	for _, token := range []string{"x", "eyJvZmZzZXQiOiA1fQ", "eyJvZmZzZXQiOiA1fQ==\n "} {
		if got, ok := TokenOffset(token); ok {
			t.Errorf("%q is read as %d", token, got)
		}
	}
}

// TestKindsOfRows: registered models and prompts are told apart by their own tags, versions by nothing that they hold.
func TestKindsOfRows(t *testing.T) {
	table := mustTable(t, "")
	for _, c := range []struct {
		operation, rows string
		want            []authz.Kind
	}{
		{
			"SearchRegisteredModels", `{"registered_models":[{"name":"a"},{"name":"b","tags":[{"key":"x","value":"y"},{"key":"mlflow.prompt.is_prompt","value":"True"}]},` +
				`{"name":"c","tags":[{"key":"mlflow.prompt.is_prompt","value":"no"}]}]}`,
			[]authz.Kind{authz.RegisteredModel, authz.Prompt, authz.RegisteredModel},
		},
		{"SearchModelVersions", `{"model_versions":[{"name":"a","tags":[{"key":"mlflow.prompt.is_prompt","value":"true"}]},{"name":"a"}]}`, []authz.Kind{"", ""}},
		{"SearchExperiments", `{"experiments":[{"experiment_id":"1","tags":[{"key":"mlflow.prompt.is_prompt","value":"true"}]}]}`, []authz.Kind{authz.Experiment}},
		{"SearchRegisteredModels", `{"registered_models":[{"name":"a","tags":"x"}]}`, nil},
	} {
		page, err := table.Row(c.operation, "GET").Listing.ParsePage([]byte(c.rows))
		var got []authz.Kind
		for _, row := range page.Rows {
			got = append(got, row.Kind)
		}
		if (err == nil) != (c.want != nil) || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", c.rows, got, err, c.want)
		}
	}
}
