// Package tracing makes spans of what the service does, for an OpenTelemetry collector. Without one there is no Tracer: a nil one is switched
// off, and costs a comparison.
//
// A trace begins in Envoy. It says in the metadata of its gRPC call which span of its own asks us, and whether the trace is kept; ours is that
// span's child, the steps of a decision are its children, and a question to MLflow is the child of the step that asks it. Nothing begins a trace
// by itself in the background.
//
// A span says which operation of MLflow it was, what was decided and why, and the request's id. It never holds a credential, a query string, a
// body, a user's name or the text of an error.
package tracing
