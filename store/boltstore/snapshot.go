package boltstore

import (
	"bytes"

	"go.etcd.io/bbolt"
)

// snapshot is one consistent view of the file: a transaction, read by our own reader. What it returns is valid until the transaction ends.
type snapshot struct {
	tx *bbolt.Tx
	tree
}

// get returns the payload under key. When there is none, the records on both sides of where it would be are checked: a key that lost a bit
// moved no further than its neighbours, and its own record fails its check value.
func (v *snapshot) get(b bucket, key []byte) (payload []byte, ok bool) {
	c := cursor{tree: &v.tree, b: b}
	found := c.seek(key)
	_, payload, _ = c.record()
	if found {
		return payload, true
	}
	c.prev()
	if before, _, ok := c.record(); ok && bytes.Compare(before, key) >= 0 {
		panic(damage("the keys of bucket " + b.name + " are out of order"))
	}
	return nil, false
}

// scan calls visit with the records under prefix whose key is after the key after, in order, until visit returns false.
func (v *snapshot) scan(b bucket, prefix, after []byte, visit func(key, payload []byte) bool) {
	c := cursor{tree: &v.tree, b: b}
	if len(after) == 0 {
		c.seek(prefix)
	} else if c.seek(after) {
		c.next()
	}
	last := after
	for {
		key, payload, ok := c.record()
		if !ok || !bytes.HasPrefix(key, prefix) {
			return
		}
		if last != nil && bytes.Compare(key, last) <= 0 { // also what ends a walk in circles
			panic(damage("the keys of bucket " + b.name + " are out of order"))
		}
		if !visit(key, payload) {
			return
		}
		last = key
		c.next()
	}
}
