// Package storetest is the conformance suite of package store: a backend is one when Run passes.
//
//	func TestConformance(t *testing.T) {
//		storetest.Run(t, func(t testing.TB) store.Store { return open(t, t.TempDir()) })
//	}
//
// Every subtest gets a fresh, empty store. When it ends, the invariants are checked whatever the subtest did: both ways of listing grants
// and Permission agree, so do all ways to users, roles and credentials, grants belong to users and roles that exist, the revision grew by
// exactly the number of successful writes, and each of them is on record.
//
// Some subtests are named after a sentence of the contract; "Model" makes random histories and compares every answer with
// a store made of maps.
package storetest
