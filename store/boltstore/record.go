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
	metaBucket     = bucket{"meta", 1}
	usersBucket    = bucket{"users", 2}     // username → user
	userIDsBucket  = bucket{"user_ids", 3}  // user id → username
	grantsBucket   = bucket{"grants", 4}    // user id, resource → permission
	grantsOnBucket = bucket{"grants_on", 5} // resource, user id → permission
)

func allBuckets() []bucket {
	return []bucket{metaBucket, usersBucket, userIDsBucket, grantsBucket, grantsOnBucket}
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
