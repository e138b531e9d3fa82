// Package mlflow knows what MLflow serves and how MLflow reads it: it maps an HTTP request to the operation that MLflow would carry out
// and the resources that operation touches.
//
// Three files carry the knowledge:
//
//   - routes*.go are the table, one row per operation: which permission it needs on what the named field names.
//   - schema/messages.txt lists the fields and types of MLflow's protobuf request messages, of all supported releases together.
//   - path.go, query.go and body.go say where MLflow reads a parameter from, and refuse every request that MLflow could read in another
//     way: MLflow decodes paths to a fixed point, takes the first of repeated query keys and the last of repeated JSON keys, accepts
//     camelCase beside snake_case, and goes on with a half-read message when a field has the wrong type (mlflow/server/handlers.py,
//     _get_request_message). Here each of those is a 400 with a reason, for admins as well: ambiguity is no question of permission.
//
// One route is a language of its own: graphql.go reads the web UI's queries to POST /graphql.
package mlflow
