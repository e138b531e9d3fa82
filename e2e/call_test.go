package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"extauthz/internal/testbed"
)

// call sends a JSON request and returns the body of a 200.
func call(ctx context.Context, method, url, username, password string, body any) ([]byte, error) {
	var payload io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		payload = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, url, payload)
	if err != nil {
		return nil, err
	}
	request.SetBasicAuth(username, password)
	request.Close = true
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %d %s", method, url, response.StatusCode, text)
	}
	return text, err
}

func passwordOf(name string) string { return "password of " + name + "!" }

func addUser(t *testing.T, s *testbed.Stack, name string) {
	t.Helper()
	if _, err := call(t.Context(), http.MethodPost, s.URL+"/api/2.0/mlflow/users/create", s.AdminUsername, s.AdminPassword,
		map[string]string{"username": name, "password": passwordOf(name)}); err != nil {
		t.Fatal(err)
	}
}

// eventually polls: what is awaited happens in another process.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if happened() {
			return
		}
	}
	t.Fatalf("it did not happen within a minute: %s", what)
}
