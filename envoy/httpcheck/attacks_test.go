package httpcheck

import "strings"

func get(target string, headers ...string) string { return request("GET", target, "", headers...) }

func request(method, target, body string, headers ...string) string {
	lines := append([]string{method + " " + target + " HTTP/1.1", "Host: HOST", "Connection: close"}, headers...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

// attacks are requests that a proxy, extauthz and MLflow may read in different ways. HOST is the proxy's address.
func attacks() []string {
	var all []string
	for _, target := range []string{
		"/", "//", "//api/2.0/mlflow/runs/get", "/api//runs", "/api%2f2.0", "/api%2F2.0/x", "/a/../b", "/../b", "/a/..", "/a/./b", "/%2e%2e/b", "/a/%2e%2e/b",
		"/a/%2E./b", "/a/..%2fb", "/a%00b", "/a%0d%0ab", "/a%20b", "/a%252fb", "/%2561", "/%61pi", "/%zz", "/%", "/a\\b", "/a%5cb", "/a;x=1", "/a;/../b", "/a#b", "/a?x#b",
		"/a?x=1;y=2", "/a?x=%zz", "/a?x=a+b&x=%20", "/a?", "/a??x", "/a?x=//../", "/\xc3\xa9", "/a?x=\xff", "http://evil.example/api/x?y", "http://HOST/health",
		"/-/read", "/-/write", "/-/ask", "/-/ask-read", "/-/ask-with-body", "/%2d/ask", "/auth", "/check", "/forward-auth", "/forward-auth/body", "*", "health", "?x=y", "@evil/x",
		"/" + strings.Repeat("a", 3000), "/a?" + strings.Repeat("b", 3000),
	} {
		all = append(all, get(target), request("POST", target, "{}", "Content-Type: application/json", "Content-Length: 2"))
	}
	return append(append(all, forged()...), framed()...)
}

// forged are headers in which a client says what only the proxy may say.
func forged() []string {
	var all []string
	for _, header := range []string{
		"X-Original-URI: /health", "X-Original-Method: HEAD", "X-Original-Body: none", "X-Original-Body: sent 0", "X-Original-URL: http://h/health", "X-Real-IP: 10.9.9.9",
		"X-Forwarded-Uri: /health", "X-Forwarded-Method: HEAD", "X-Forwarded-Host: evil", "X-Forwarded-For: 10.9.9.9", "X-Forwarded-For: 127.0.0.1, 10.9.9.9",
		"X_Original_URI: /health", "X_Mlflow_Workspace: other", "X_Forwarded_Uri: /health", "X-MLflow-Workspace: other", "Authorization: Basic eDp5", "X-MLflow-Authorization: Basic eDp5",
		"traceparent: 00-1-1-01", "X-Extauthz-Upstream: auth-api", "X-Extauthz-Principal: me", "X-Envoy-Auth-Partial-Body: false", "X-Envoy-Original-Path: /health",
		"X-Original-URI : /health", "X-Original-URI:\t/health", " X-Original-URI: /health", "X-HTTP-Method-Override: DELETE",
	} {
		all = append(all, get("/api/x?y=1", header), get("/api/x?y=1", header, header), get("/api/x?y=1", "X-A: b", " "+header))
		name, _, _ := strings.Cut(strings.TrimSpace(header), ":")
		all = append(all, get("/api/x?y=1", header, "Connection: "+name), get("/api/x?y=1", "Connection: close, "+name))
	}
	return append(all, get("/api/x", "Connection: X-Original-URI, X-Original-Method, X-Original-Body, X-Real-IP, X-Forwarded-Uri, X-Forwarded-Method"))
}

// framed are bodies whose length can be read in more than one way, or that are where none belongs.
func framed() []string {
	const chunks = "2\r\n{}\r\n0\r\n\r\n"
	json := "Content-Type: application/json"
	var all []string
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "PROPFIND", "X-Y"} {
		all = append(all,
			request(method, "/api/x", ""), request(method, "/api/x", "{}", json, "Content-Length: 2"), request(method, "/api/x", chunks, json, "Transfer-Encoding: chunked"),
			request(method, "/api/x", "", "Content-Length: 0"), request(method, "/api/x", "0\r\n\r\n", "Transfer-Encoding: chunked"))
	}
	return append(
		all,
		request("POST", "/api/x", chunks, "Content-Length: 2", "Transfer-Encoding: chunked"), request("POST", "/api/x", "{}", "Content-Length: 2", "Content-Length: 2"),
		request("POST", "/api/x", "{}", "Content-Length: 2", "Content-Length: 1"), request("POST", "/api/x", "{}", "Content-Length: +2"),
		request("POST", "/api/x", "{}", "Content-Length: 2, 2"), request("POST", "/api/x", chunks, "Transfer-Encoding: xchunked"),
		request("POST", "/api/x", chunks, "Transfer-Encoding: chunked, identity"), request("POST", "/api/x", "{}", "Content-Length: 2", "Expect: 100-continue"),
		request("POST", "/api/x", "{\xff}", "Content-Length: 3"), request("POST", "/api/x", "{}", "Content-Length: 2", "Upgrade: websocket", "Connection: upgrade"),
		request("POST", "/api/x", strings.Repeat("x", 100_000), "Content-Length: 100000"),
	)
}
