package boltstore

import (
	"bytes"

	"go.etcd.io/bbolt"
)

// snapshot is one consistent view of the file: a transaction, read by our own reader. What it returns is valid until the transaction ends.
type snapshot struct {
	tx *bbolt.Tx
	tree
	pending overlay // what the transaction has written; nil when it only reads
}

// get returns the payload under key.
func (v *snapshot) get(b bucket, key []byte) (payload []byte, ok bool) {
	if v.pending != nil {
		if payload, written := v.pending.get(b, key); written {
			return payload, payload != nil
		}
	}
	return v.getFile(b, key)
}

// getFile returns what the file has under key. When there is none, the records on both sides of where it would be are checked: a key that
// lost a bit moved no further than its neighbours, and its own record fails its check value.
func (v *snapshot) getFile(b bucket, key []byte) (payload []byte, ok bool) {
	c := cursor{tree: &v.tree, b: b}
	found := c.seek(key)
	_, payload, _ = c.record()
	if found {
		return payload, true
	}
	c.prev()
	if before, _, ok := c.record(); ok && bytes.Compare(before, key) >= 0 {
		panic(outOfOrder(b))
	}
	return nil, false
}

// walk goes where bbolt will go, and panics with damage where bbolt would not come back.
func (v *snapshot) walk(b bucket, key []byte) {
	c := cursor{tree: &v.tree, b: b}
	c.seek(key)
}

// scan calls visit with the records under prefix, in order, until visit returns false.
func (v *snapshot) scan(b bucket, prefix []byte, visit func(key, payload []byte) bool) {
	if len(v.pending[b]) > 0 {
		v.pending.scan(v, b, prefix, visit)
		return
	}
	v.scanFile(b, prefix, nil, visit)
}

// scanFile does so with what the file has, from the first record whose key is after the key after.
func (v *snapshot) scanFile(b bucket, prefix, after []byte, visit func(key, payload []byte) bool) {
	c := cursor{tree: &v.tree, b: b}
	if len(after) == 0 {
		c.seek(prefix)
	} else if c.seek(after) {
		c.next()
	}
	last := after
	for {
		key, payload, ok := c.record()
		if !ok || !bytes.HasPrefix(key, prefix) || b.isBallast(key) {
			return
		}
		if last != nil && bytes.Compare(key, last) <= 0 { // also what ends a walk in circles
			panic(outOfOrder(b))
		}
		if !visit(key, payload) {
			return
		}
		last = key
		c.next()
	}
}

// scanBack calls visit with the records whose key is before the key before, the last one first, until visit returns false.
func (v *snapshot) scanBack(b bucket, before []byte, visit func(key, payload []byte) bool) {
	c := cursor{tree: &v.tree, b: b}
	c.seek(before)
	for last := before; ; {
		c.prev()
		key, payload, ok := c.record()
		if !ok {
			return
		}
		if bytes.Compare(key, last) >= 0 {
			panic(outOfOrder(b))
		}
		if !visit(key, payload) {
			return
		}
		last = key
	}
}

func outOfOrder(b bucket) damage { return damage("the keys of bucket " + b.name + " are out of order") }
