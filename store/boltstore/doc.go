// Package boltstore keeps users, roles, credentials, grants and the audit trail in one bbolt file: the embedded store of a single replica.
//
// # Three files
//
//	store.db            bbolt: everything but the intents, one fsync'd transaction per write
//	store.db.revision   the highest revision ever seen, so that an older store.db is refused (see anchor.go)
//	store.db.intents    changes of MLflow under way, appended without fsync (see journal.go)
//
// # What is written twice
//
// bbolt checks its two meta pages and nothing else: a flipped bit in a data page goes unnoticed, and a grant that says NO_PERMISSIONS must
// neither turn into MANAGE nor vanish, since what is not granted falls back to the default permission. Three things stand against that:
//
//   - Every record carries a CRC-32C over bucket, key and value (record.go), so a record that changed or moved is not believed.
//   - Every grant stands in two buckets, under holder and under resource, on pages that share no pointer (ballast.go). Permission reads both,
//     and they must agree. That catches what check values cannot: a bent pointer that leads to an old copy of a page, where every check value
//     is right and last month's MANAGE still stands. Users are paired with their id in the same way, and with them the roles that they have;
//     roles with their name, credentials with their key. The record under a grant's id must lead to a grant that bears it.
//   - A lookup that finds nothing checks the records on both sides of the gap.
//
// What does not add up is store.ErrCorrupt, and the caller denies.
//
// # Reading
//
// bbolt trusts its pages: a bent pointer can make it recurse until the process dies, which no recover catches. So everything here is read
// by a small bounds-checked reader of bbolt's page format (tree.go, cursor.go) within a bbolt read transaction. It is also faster, since
// it allocates nothing. Writes use bbolt, after the careful reader has walked the same path.
//
// # Writing
//
// A transaction collects what it writes and reads its own writes (overlay.go), so that one change can follow another in it; bbolt gets
// everything at the end. Every change of what decides raises the revision and puts an audit record into the same transaction (writer.go):
// neither is ever on disk without the other. What decides nothing, such as when a token was last used, does not raise it.
//
// # Keys
//
// Names hold any byte, NUL included. A name in a key has its length before it (key.go), so that no two sequences of names share a key.
package boltstore
