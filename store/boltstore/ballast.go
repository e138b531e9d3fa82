package boltstore

import "go.etcd.io/bbolt"

// bbolt keeps a small bucket inside the buckets' own tree. With many of those the tree gets several leaves, with two buckets that must
// agree on one of them perhaps, and one bent pointer would lead to an old copy of both. So every bucket but two has a record, the last one,
// that makes it too big for that: then the tree is one page, to which the checksummed meta page points, and a bent pointer bends one bucket.
// Users may be small, since that leaves room enough; their names can be as long as any key.

// ballastKey is after every key of the buckets that have ballast.
const ballastKey = "\xff\xff\xff\xff\xff\xff\xff\xff\xff"

func (b bucket) hasBallast() bool { return b != metaBucket && b != usersBucket }

func (b bucket) isBallast(key []byte) bool { return string(key) == ballastKey && b.hasBallast() }

// putBallast writes more than the quarter of a page that bbolt would keep inside.
func putBallast(tx *bbolt.Tx, b bucket) error {
	if !b.hasBallast() {
		return nil
	}
	return putOrDelete(tx, b, []byte(ballastKey), make([]byte, tx.DB().Info().PageSize/4))
}
