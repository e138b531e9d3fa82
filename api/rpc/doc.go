// Package rpc serves the operations of package api over gRPC, as api/proto declares them.
//
//	message ─▶ JSON ─▶ api.Call ─▶ JSON ─▶ message
//
// A message is translated field by field into the parameters that the REST API has, by the names that both share, and so is the answer. What is
// required, refused and recorded is thus REST's by construction. The tests hold that each operation has its method, and each parameter its
// field.
//
// Every method is registered as a stream, also those of one message each way, which look the same on the wire: a stream's handler runs when
// the call begins, so that nobody's message is read before the caller is known.
package rpc
