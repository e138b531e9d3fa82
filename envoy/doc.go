// Package envoy speaks Envoy's protocols: ext_authz (Check) for requests and ext_proc (Process) for the few responses that need it. It
// translates and holds no policy.
//
// Envoy's Go API makes it easy to allow by accident: an empty CheckResponse allows, and so does a DeniedResponse without a status
// (security facts measured on Envoy 1.40). So exactly one function of this package builds a CheckResponse, and a test keeps it that way.
//
// What ext_authz learns about a request travels to ext_proc as dynamic metadata, which no client can write.
package envoy
