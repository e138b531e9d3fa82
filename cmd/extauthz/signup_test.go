package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

var formToken = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)

// signUp [!] SERVED ACCEPTED USER opens the sign-up form of the service at one unix socket, and sends it to that at another, as an admin's
// browser would whom a load balancer sends to and fro. The admin is what the environment says.
func signUp(ts *testscript.TestScript, refused bool, args []string) {
	served, cookies := browse(ts, args[0], "GET", "/signup", nil, "")
	token := formToken.FindStringSubmatch(served)
	if token == nil || len(cookies) != 1 {
		ts.Fatalf("no form: %s", served)
	}
	fields := url.Values{"username": {args[2]}, "password": {"long-enough-for-everybody"}, "csrf_token": {token[1]}}
	answer, _ := browse(ts, args[1], "POST", "/api/2.0/mlflow/users/create-ui", cookies, fields.Encode())
	if accepted := strings.Contains(answer, "Successfully signed up user: "+args[2]); accepted == refused {
		ts.Fatalf("accepted: %v: %s", accepted, answer)
	}
}

func browse(ts *testscript.TestScript, socket, method, path string, cookies []*http.Cookie, form string) (string, []*http.Cookie) {
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", ts.MkAbs(socket))
		},
	}}
	r, err := http.NewRequestWithContext(context.Background(), method, "http://mlflow.example.com"+path, strings.NewReader(form))
	ts.Check(err)
	r.SetBasicAuth(ts.Getenv("MLFLOW_AUTH_ADMIN_USERNAME"), ts.Getenv("MLFLOW_AUTH_ADMIN_PASSWORD"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	answer, err := client.Do(r)
	ts.Check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	ts.Check(err)
	return string(text), answer.Cookies()
}
