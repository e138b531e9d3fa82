package boltstore

import (
	"bytes"
	"context"
	"fmt"

	"extauthz/store"
)

// maxDamaged is where Verify stops listing: the file needs replacing anyway.
const maxDamaged = 100

// Report is what Verify found.
type Report struct {
	Revision uint64
	Users    uint64
	Grants   uint64
	Damaged  []Damage // empty: the store is sound
}

// Damage is one record, or when Key is nil one bucket or the whole file, that is not as it was written.
type Damage struct {
	Bucket  string
	Key     []byte
	Problem string
}

// Verify reads every record, compares every record with its pair and the counts with the state, and, only when all of that is sound, lets
// bbolt check its pages, since bbolt's own check does not survive every damage. It is one read transaction: on a large and busy store, run
// it on a backup. The error is for a store that cannot be read at all.
func (s *Store) Verify(ctx context.Context) (report Report, err error) {
	defer rescue(faultsPanic(), &err)
	v, err := s.begin(ctx)
	if err != nil {
		return Report{}, err
	}
	defer v.end()
	k := verifier{snapshot: v, ctx: ctx, report: &report}
	k.buckets()
	k.counts()
	if len(report.Damaged) == 0 && ctx.Err() == nil {
		for err := range v.tx.Check() {
			k.note("", nil, err)
		}
	}
	return report, ctx.Err()
}

type verifier struct {
	snapshot
	ctx    context.Context
	report *Report
	found  map[string]uint64
}

func (k *verifier) note(bucket string, key []byte, problem any) {
	if len(k.report.Damaged) < maxDamaged {
		k.report.Damaged = append(k.report.Damaged, Damage{bucket, bytes.Clone(key), fmt.Sprint(problem)})
	}
}

// attempt notes the damage that check panics with.
func (k *verifier) attempt(bucket string, key []byte, check func()) {
	defer func() {
		if p := recover(); p != nil {
			k.note(bucket, key, p)
		}
	}()
	check()
}

func (k *verifier) buckets() {
	k.found = map[string]uint64{}
	for _, b := range allBuckets() {
		k.attempt(b.name, nil, func() { k.bucket(b) })
	}
}

// bucket walks with an unchecked cursor, so that one bad record does not hide those after it.
func (k *verifier) bucket(b bucket) {
	c := cursor{tree: &k.tree, b: b}
	var last []byte
	for c.seek(nil); ; c.next() {
		key, ok := c.key()
		if !ok || k.ctx.Err() != nil || len(k.report.Damaged) >= maxDamaged {
			return
		}
		if last != nil && bytes.Compare(key, last) <= 0 {
			panic(damage("the keys are out of order from here"))
		}
		k.attempt(b.name, key, func() {
			_, payload, _ := c.record()
			k.pair(b, key, payload)
		})
		k.found[b.name]++
		last = key
	}
}

// pair compares a record with the other one that was written with it.
func (k *verifier) pair(b bucket, key, payload []byte) {
	switch b {
	case usersBucket:
		u, revision := decodeUser(payload)
		u.Username = string(key)
		k.mustBePaired(u, revision)
	case userIDsBucket:
		if name, _ := decodeUserID(payload); !k.hasUser(string(name)) {
			panic(damage("the id of a user who does not exist"))
		}
	case grantsBucket:
		userID, r := parseGrantKey(key)
		k.permission(userID, r)
	case grantsOnBucket:
		r, userID := parseGrantOnKey(key)
		k.permission(userID, r)
	}
}

func (v *snapshot) hasUser(username string) bool {
	_, ok := v.user(username)
	return ok
}

func (k *verifier) counts() {
	k.attempt(metaBucket.name, stateKey(), func() {
		s := k.state()
		k.report.Revision, k.report.Users, k.report.Grants = s.revision, k.found[usersBucket.name], k.found[grantsBucket.name]
		k.expect(usersBucket, s.users)
		k.expect(userIDsBucket, s.users)
		k.expect(grantsBucket, s.grants)
		k.expect(grantsOnBucket, s.grants)
	})
}

func (k *verifier) expect(b bucket, n uint64) {
	if found := k.found[b.name]; found != n {
		k.note(b.name, nil, fmt.Sprintf("%d records where there should be %d", found, n))
	}
}

// Err is nil when nothing is damaged, else a store.ErrCorrupt that names the first damage.
func (r Report) Err() error {
	if len(r.Damaged) == 0 {
		return nil
	}
	d := r.Damaged[0]
	return fmt.Errorf("%w: %d damaged, first in bucket %q at key %q: %s", store.ErrCorrupt, len(r.Damaged), d.Bucket, d.Key, d.Problem)
}
