// Package pki makes certificates for one machine: a certificate authority and what it signs, for tests and for `make up TLS=1`. Keys are
// ECDSA P-256. It is no part of the service.
package pki
