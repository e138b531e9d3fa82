package mlflow

import (
	"encoding/base64"
	"testing"
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
