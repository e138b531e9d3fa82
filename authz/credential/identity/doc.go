// Package identity believes a header that says who the user is, from a trusted proxy and from nobody else.
//
// A proxy that signs users in by itself (oauth2-proxy, a company's gateway) passes the name on in a header, X-Forwarded-User for one. Anybody
// can write a header. So it counts only when the connection itself comes from such a proxy: by its address, which no header changes
// (authz.Request.Peer), or by the client certificate that it showed, or by both. From everybody else the header is as if it were not there.
//
// Whoever sent it, MLflow never sees it: the check takes it out of every request (envoy.Checker.Conceal).
package identity
