package httpcheck

import (
	"bufio"
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"extauthz/authz"
)

// FuzzTranslate takes whatever HTTP request comes. What is let through was decided, and what was decided is a request that MLflow could get.
func FuzzTranslate(f *testing.F) {
	for _, w := range ways {
		text := w.method + " " + w.target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
		for i := 0; i < len(w.headers); i += 2 {
			if w.headers[i] != "Host" {
				text += w.headers[i] + ": " + w.headers[i+1] + "\r\n"
			}
		}
		f.Add([]byte(text + "\r\n{}"))
		f.Add([]byte(strings.Replace(text, "Content-Length: 2", "Transfer-Encoding: chunked", 1) + "\r\n2\r\n{}\r\n0\r\n\r\n"))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return
		}
		j, w := thatAllows(authz.Operation{}), httptest.NewRecorder()
		j.handler().ServeHTTP(w, r)
		if (w.Code == http.StatusOK) != (len(j.asked) == 1) || w.Code != http.StatusOK && w.Code < 400 {
			t.Fatalf("%d, asked %d times", w.Code, len(j.asked))
		}
		for _, r := range j.asked {
			possible(t, r)
		}
	})
}

func possible(t *testing.T, r authz.Request) {
	t.Helper()
	if !strings.HasPrefix(r.Target, "/") || strings.ContainsAny(r.Target, " \r\n\t\x00") || r.Method == "" || strings.ToUpper(r.Method) != r.Method || !r.Source.IsValid() {
		t.Errorf("%q %q from %s", r.Method, r.Target, r.Source)
	}
	if len(r.Body) > limit || r.Proxy.FiltersResponse || r.Proxy.WithholdsBody && len(r.Body) > 0 || r.Headers.Has("transfer-encoding") {
		t.Errorf("%+v", r)
	}
	for name := range r.Headers {
		if strings.ToLower(name) != name || strings.Contains(name, "_") {
			t.Errorf("the header %q", name)
		}
	}
}
