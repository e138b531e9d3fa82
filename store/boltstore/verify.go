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
	Schema   uint64
	Revision uint64
	Users    uint64
	Roles    uint64
	Grants   uint64
	// Assignments, Credentials and AuditRecords are 0 for schema 1, which had none.
	Assignments, Credentials, AuditRecords uint64

	Damaged []Damage // empty: the store is sound
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
	k := verifier{snapshot: v, ctx: ctx, report: &report, found: map[bucket]uint64{}}
	if report.Schema, err = v.schema(); err != nil {
		return Report{}, err
	}
	for _, b := range bucketsOf(report.Schema) {
		k.attempt(b.name, nil, func() { k.bucket(b) })
	}
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
	found  map[bucket]uint64

	governing, numbered, assigned uint64 // users who govern, grants that have an id, roles that users have
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
			if _, payload, _ := c.record(); !b.isBallast(key) {
				k.pair(b, key, payload)
			}
		})
		k.found[b] += one(!b.isBallast(key))
		last = key
	}
}

func (k *verifier) counts() {
	k.attempt(metaBucket.name, stateKey(), func() {
		s := k.state()
		for b, n := range map[bucket]uint64{
			usersBucket: s.users, userIDsBucket: s.users, grantsBucket: s.grants, grantsOnBucket: s.grants, grantIDsBucket: k.numbered,
			rolesBucket: s.roles, roleNamesBucket: s.roles, membersBucket: s.assignments, auditBucket: s.audits,
			credentialsBucket: s.credentials, credentialKeysBucket: s.credentials, credentialUsesBucket: s.credentials,
		} {
			k.expect(b.name, k.found[b], n)
		}
		k.expect("users who govern", k.governing, s.admins)
		k.expect("roles of users", k.assigned, s.assignments)
		r := k.report
		r.Revision, r.Users, r.Roles, r.Grants = s.revision, k.found[usersBucket], k.found[rolesBucket], k.found[grantsBucket]
		r.Assignments, r.Credentials, r.AuditRecords = k.found[membersBucket], k.found[credentialsBucket], k.found[auditBucket]
	})
}

func (k *verifier) expect(what string, found, n uint64) {
	if found != n {
		k.note(what, nil, fmt.Sprintf("%d records where there should be %d", found, n))
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
