package boltstore

import (
	"maps"
	"slices"
	"strings"

	"go.etcd.io/bbolt"
)

// overlay is what a transaction has written so far, by bucket and key; nil is a deleted record. The transaction's own reads look here first,
// so that one change can follow another in it, and bbolt gets everything at the end.
type overlay map[bucket]map[string][]byte

func (o overlay) set(b bucket, key, payload []byte) {
	if o[b] == nil {
		o[b] = map[string][]byte{}
	}
	o[b][string(key)] = payload
}

func (o overlay) get(b bucket, key []byte) (payload []byte, written bool) {
	payload, written = o[b][string(key)]
	return payload, written
}

// scan is what snapshot.scan does, with what was written laid over what the file has.
func (o overlay) scan(v *snapshot, b bucket, prefix []byte, visit func(key, payload []byte) bool) {
	all := map[string][]byte{}
	v.scanFile(b, prefix, nil, func(key, payload []byte) bool {
		all[string(key)] = payload
		return true
	})
	for key, payload := range o[b] {
		if strings.HasPrefix(key, string(prefix)) {
			all[key] = payload
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if payload := all[key]; payload != nil && !visit([]byte(key), payload) {
			return
		}
	}
}

// flush hands everything to bbolt, after the careful reader has walked each path.
func (o overlay) flush(v *snapshot) error {
	for _, b := range bucketsOf(schema) {
		for _, key := range slices.Sorted(maps.Keys(o[b])) {
			v.walk(b, []byte(key))
			if err := putOrDelete(v.tx, b, []byte(key), o[b][key]); err != nil {
				return err
			}
		}
	}
	return nil
}

// filled is for buckets that grow at the end: bbolt would leave their pages half empty.
const filled = 0.95

func putOrDelete(tx *bbolt.Tx, b bucket, key, payload []byte) error {
	to := tx.Bucket([]byte(b.name))
	if payload == nil {
		return to.Delete(key)
	}
	if b == auditBucket {
		to.FillPercent = filled
	}
	return to.Put(key, seal(b, key, payload))
}
