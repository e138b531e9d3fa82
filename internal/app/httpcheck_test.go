package app

import (
	"net/http"
	"testing"
)

// TestChecksOverHTTP are off unless asked for, and decide as those over gRPC.
func TestChecksOverHTTP(t *testing.T) {
	if a := start(t, nil); a.Addrs().HTTPCheck != nil {
		t.Errorf("it listens at %s", a.Addrs().HTTPCheck)
	}
	a := start(t, func(c *Config) { c.HTTPCheckListen = "127.0.0.1:0" })
	check := func(target, username string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.Addrs().HTTPCheck.String()+"/auth", nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"X-Original-URI": target, "X-Original-Method": "GET", "X-Original-Body": "none", "X-Real-IP": "10.1.2.3", "X-Request-ID": "r-1"} {
			r.Header.Set(name, value)
		}
		r.SetBasicAuth(username, longPassword)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer
	}
	if got := check("/version", "nobody"); got.StatusCode != http.StatusUnauthorized || got.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("nobody: %d %v", got.StatusCode, got.Header)
	}
	if got := check("/version", "admin"); got.StatusCode != http.StatusOK || got.Header.Get("X-Extauthz-Upstream") != "mlflow" {
		t.Errorf("the admin: %d %v", got.StatusCode, got.Header)
	}
	if got := check("//version", "admin"); got.Header.Get("X-Extauthz-Status") != "400" {
		t.Errorf("a path with a second reading: %d %v", got.StatusCode, got.Header)
	}
	got := check("/api/2.0/mlflow/users/current", "admin")
	if got.Header.Get("X-Extauthz-Upstream") != "auth-api" || got.Header.Get("X-Extauthz-Principal") == "" {
		t.Errorf("our own endpoint: %d %v", got.StatusCode, got.Header)
	}
}
