// Package api is the administration of users and their permissions: MLflow's own auth REST API, answered by this service.
//
// MLflow has had two generations of it, and clients of both are in use. Up to 3.12 a permission belongs to one kind of resource
// (experiments/permissions/create); from 3.13 on one set of endpoints serves every kind (users/permissions/grant). Here both are thin
// translations of one set of operations:
//
//	HTTP request ─▶ authenticate ─▶ endpoint ─▶ strict JSON ─▶ operation ─▶ store
//	                                                             │
//	                                        who may? ─▶ well-formed? ─▶ do it
//
// An operation is a method of operations: typed input, typed output, no HTTP. It asks first whether the caller may do this at all, so that
// whoever may not learns nothing else. Package rpc serves the same operations over gRPC.
//
// Envoy routes the original request here, credential included, and this package authenticates it again. It trusts nothing that a proxy
// says about the caller, so it is just as safe when it is reached directly.
//
// Answers have MLflow's statuses, error codes and JSON. Where MLflow is unsafe (SQL and password hashes in errors, an undeletable user,
// form posts across sites) they are ours; the tests replay MLflow's recorded answers and name each difference with its reason.
package api
