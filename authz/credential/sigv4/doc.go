// Package sigv4 authenticates requests that are signed with AWS Signature Version 4, as MLflow's client signs them when
// MLFLOW_TRACKING_AWS_SIGV4 is true.
//
// The idea: an access key is an id, which travels, and a secret, which never does. The client signs what the request is (method, path, query,
// host, time, hash of the body) with a key derived from the secret; we keep the secret, derive the same key, and sign the same text.
//
//	Authorization ─▶ key id, scope, names of the signed headers, signature
//	                    │                        │
//	          Keys.AccessKey(id)      canonical request ─▶ hash ─▶ text to sign
//	                    │                                              │
//	     sealed secret ─▶ signing key of the day ──────────────── HMAC, equal? ─▶ body, expiry, replay ─▶ principal
//
// The access keys are this service's own, not Amazon's: NewKey makes one, and a Sealer encrypts its secret with a key from outside of the store,
// since an HMAC key cannot be kept as a hash.
//
// The canonical request is written as requests-auth-aws-sigv4 writes it: path and query as they are on the wire, the pairs of the query sorted.
// When that does not fit, it is written as Amazon's own signers do. What else the protocol allows is refused: signatures in the query
// ("presigned"), bodies that are not signed or signed in chunks, and any x-amz- header outside of the signature.
package sigv4
