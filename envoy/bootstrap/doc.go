// Package bootstrap renders the Envoy configuration that makes this service's decisions binding.
//
// An external authorization service is only as strong as the proxy that asks it: a route that switches the check off, a path that Envoy
// and MLflow read differently, or a timeout that lets requests through undoes everything behind it. So the configuration isn't an example
// to copy, but code: every route that is special comes from mlflow.Rows, the table that also decides, and everything else takes one
// catch-all route that is checked as well. Nothing in the output turns a check off.
//
//	listener ─ ext_authz (every request) ─ ext_proc (only routes whose row has a Response) ─ router ─┬─ mlflow
//	                                                                                                └─ auth-api (MLflow's auth REST API)
//
// Four kinds of route exist:
//
//	plain     the catch-all: the check sees the headers and the whole body (up to MaxRequestBytes), the response goes straight back
//	upload    artifact bytes: the check sees the headers only, and the request streams
//	filtered  the response passes through the service: lists lose rows, creates teach us the owner, renames and deletes move grants
//	auth-api  answered by the service itself
//
// What a route promises reaches the check as context extensions, which are configuration: no client can set them. A service that is asked
// about a request whose route doesn't promise what the row needs refuses it, so a mistake here costs availability, not safety.
package bootstrap
