// Package store keeps what the decisions are made from: users, roles, credentials and grants, and the intents of creates that are under way.
// It also keeps the trail of who changed what.
//
// It is a contract and its vocabulary; backends implement it (boltstore is the embedded one) and storetest proves that they do.
//
// Reads are cheap, each is one consistent view, and they cost the same at ten grants and at ten million. Writes are one transaction each,
// durable when the call returns, and raise the Revision by one. Each is on record, in the same transaction, with the Actor of its context. A record whose check value does not match is ErrCorrupt, never "absent":
// the caller must deny.
package store
