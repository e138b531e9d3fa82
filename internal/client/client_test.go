package client

import (
	"bytes"
	"errors"
	"io"
	"log"
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
	if err := c.Get(t.Context(), "/", nil, nil); !errors.As(err, &refused) || refused.Status != http.StatusTemporaryRedirect ||
		!strings.Contains(err.Error(), "leads elsewhere") {
		t.Errorf("%v", err)
	}
}

// TestRefusedCredentialIsNamed: which of several was sent is not seen otherwise. What is secret of it is not said.
func TestRefusedCredentialIsNamed(t *testing.T) {
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	s := httptest.NewTLSServer(refuse)
	defer s.Close()
	for want, sent := range map[string]Settings{
		"hint: sign in with": {},
		`hint: a password or token of "alice" was sent and is not accepted`: {Username: "alice", Password: "secret"},
		"hint: the token in MLFLOW_TRACKING_TOKEN was sent":                 {Token: "secret"},
	} {
		sent.URL, sent.InsecureTLS = s.URL, true
		c, err := New(sent)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Get(t.Context(), "/", nil, nil); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", want, err)
		}
	}
}

// TestUntrustedServer: the hint is about the certificate, since the URL is right.
func TestUntrustedServer(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake fails
	s.StartTLS()
	defer s.Close()
	c, err := New(Settings{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Get(t.Context(), "/", nil, nil); err == nil || !strings.Contains(err.Error(), "MLFLOW_TRACKING_SERVER_CERT_PATH") {
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
