package boltstore

import (
	"encoding/binary"
	"hash/crc32"
)

// damage is what the reading code panics with when bytes are not what was written. rescue turns it, and every out-of-range slice, into
// store.ErrCorrupt. So the readers of pages, keys and records need no error results, and cannot forget to look at one.
type damage string

// bucket is one of the file's B+trees.
type bucket struct {
	name string
	tag  uint32 // in the check value: a record moved to another bucket is not believed there
}

var (
	metaBucket           = bucket{"meta", 1}
	usersBucket          = bucket{"users", 2}            // username → user, with the roles that the user has
	userIDsBucket        = bucket{"user_ids", 3}         // user id → username
	grantsBucket         = bucket{"grants", 4}           // holder, resource → permission, grant id
	grantsOnBucket       = bucket{"grants_on", 5}        // resource, holder → permission, grant id
	grantIDsBucket       = bucket{"grant_ids", 6}        // grant id → holder, resource
	rolesBucket          = bucket{"roles", 7}            // role id → role
	roleNamesBucket      = bucket{"role_names", 8}       // workspace, name → role id
	membersBucket        = bucket{"members", 9}          // role id, user id → assignment id
	credentialsBucket    = bucket{"credentials", 10}     // user id, credential id → credential
	credentialKeysBucket = bucket{"credential_keys", 11} // kind, key → user id, credential id
	credentialUsesBucket = bucket{"credential_uses", 12} // credential id → user id, when it was last used
	auditBucket          = bucket{"audit", 13}           // sequence number → audit record
)

// bucketsOf are those of a file with that schema.
func bucketsOf(schema uint64) []bucket {
	first := []bucket{metaBucket, usersBucket, userIDsBucket, grantsBucket, grantsOnBucket}
	if schema == 1 {
		return first
	}
	return append(first, grantIDsBucket, rolesBucket, roleNamesBucket, membersBucket, credentialsBucket, credentialKeysBucket,
		credentialUsesBucket, auditBucket)
}

const checkSize = 4

// castagnoli is the polynomial that CPUs compute in hardware.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checkValue binds the bucket, the key, where the key ends, and the payload.
func checkValue(b bucket, key, payload []byte) uint32 {
	crc := crc32.Update(b.tag<<24|uint32(len(key)), castagnoli, key)
	return crc32.Update(crc, castagnoli, payload)
}

// seal makes the stored value: check value, payload.
func seal(b bucket, key, payload []byte) []byte {
	value := make([]byte, checkSize, checkSize+len(payload))
	binary.BigEndian.PutUint32(value, checkValue(b, key, payload))
	return append(value, payload...)
}

// unseal returns the payload of a stored value that is what was written under this key of this bucket.
func unseal(b bucket, key, value []byte) []byte {
	payload := value[checkSize:]
	if binary.BigEndian.Uint32(value) != checkValue(b, key, payload) {
		panic(damage("a record in bucket " + b.name + " fails its check value"))
	}
	return payload
}
