package client

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// server answers with handle and tells what it was asked last.
func server(t *testing.T, handle http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	c, err := New(Settings{URL: s.URL, Username: "alice", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCutDownloadIsAnError: half an answer is never taken for the whole.
func TestCutDownloadIsAnError(t *testing.T) {
	c := server(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(bytes.Repeat([]byte("x"), 1<<20))
		if r.URL.Query().Get("cut") != "" {
			panic(http.ErrAbortHandler)
		}
	})
	if err := c.Download(t.Context(), "/", nil, io.Discard); err != nil {
		t.Errorf("a whole one: %v", err)
	}
	if err := c.Download(t.Context(), "/", map[string]string{"cut": "yes"}, io.Discard); err == nil || !strings.Contains(err.Error(), "did not arrive whole") {
		t.Errorf("a cut one: %v", err)
	}
}

// TestCredentialStaysWithTheServer: a redirect carries it nowhere.
func TestCredentialStaysWithTheServer(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	c := server(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	var refused *Error
	if err := c.Get(t.Context(), "/", nil, nil); !errors.As(err, &refused) || refused.Status != http.StatusTemporaryRedirect {
		t.Errorf("%v", err)
	}
}

// TestInOneProcess: a handler is called as a server would call it.
func TestInOneProcess(t *testing.T) {
	c := Over(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method == http.MethodGet && (len(body) > 0 || r.RequestURI != "/x?a=b") || r.Header.Get("X-MLFLOW-WORKSPACE") != "team" {
			t.Errorf("%s %s %q %v", r.Method, r.RequestURI, body, r.Header)
		}
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusForbidden)
		}
		_, _ = io.WriteString(w, `{"error_code": "PERMISSION_DENIED", "message": "no"}`)
	}), "store.db", "").In("team")
	var answer struct{ Message string }
	if err := c.Get(t.Context(), "/x", map[string]string{"a": "b", "c": ""}, &answer); err != nil {
		t.Error(err)
	}
	var refused *Error
	if err := c.Call(t.Context(), http.MethodPost, "/x", map[string]string{"a": "b"}, nil); !errors.As(err, &refused) || refused.Code != "PERMISSION_DENIED" {
		t.Errorf("%v", err)
	}
}
