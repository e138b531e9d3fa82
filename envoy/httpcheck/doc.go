// Package httpcheck answers proxies that cannot speak ext_authz over gRPC: they ask by an HTTP request of their own about the request that
// they hold, and let it through when the answer is 200.
//
//	/auth               nginx's auth_request, or a sub-request of its Lua
//	/forward-auth       Traefik's ForwardAuth and Caddy's forward_auth, which send no body
//	/forward-auth/body  Traefik's ForwardAuth with forwardBody
//	/check/...          Envoy's ext_authz over HTTP with the path prefix /check
//
// Each path is one proxy's, and reads only what that proxy writes: which one is in front is configured, not guessed, since a header that one
// overwrites is passed on by another as its client sent it. What a proxy has to say is there once and well-formed, or the request is refused.
//
// The decisions are those of package envoy. None of these proxies shows us a response, so what needs its response read or recorded is refused
// (lists, creates, renames); none of them shows us a body by itself, so each says what it does with bodies, and what depends on one that did not
// come is refused. See docs/how-to/ingress-nginx.md.
package httpcheck
