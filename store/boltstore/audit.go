package boltstore

import (
	"context"
	"encoding/binary"
	"iter"
	"math"
	"time"

	"extauthz/store"
)

// AppendAudit adds records of what is no change.
func (s *Store) AppendAudit(ctx context.Context, records ...store.Audit) error {
	return s.writeAside(ctx, func(w *writer) error {
		if len(records) == 0 {
			return errNoWrite
		}
		for _, a := range records {
			if a.At.IsZero() {
				a.At = w.now
			}
			w.append(a)
		}
		return nil
	})
}

// AuditLog looks at a page of records in each transaction, however few of them are asked for.
func (s *Store) AuditLog(ctx context.Context, q store.AuditQuery) iter.Seq2[store.Audit, error] {
	return func(yield func(store.Audit, error) bool) {
		before, left := q.BeforeSeq, q.Limit
		if before == 0 {
			before = math.MaxUint64
		}
		for before > 0 {
			page, err := read(ctx, s, func(v *snapshot) (auditPage, error) { return v.auditPage(before, q), nil })
			if err != nil {
				yield(store.Audit{}, err)
				return
			}
			for _, a := range page.records {
				if left--; !yield(a, nil) || left == 0 {
					return
				}
			}
			before = page.from
		}
	}
}

// auditPage are the records of one page that are asked for. The page begins at the sequence number from, or at 0 with the oldest record.
type auditPage struct {
	records []store.Audit
	from    uint64
}

func (v *snapshot) auditPage(before uint64, q store.AuditQuery) (p auditPage) {
	seen := 0
	v.scanBack(auditBucket, appendID(nil, before), func(key, payload []byte) bool {
		if a := decodeAudit(key, payload); q.Matches(a) {
			p.records = append(p.records, a)
		}
		seen++
		p.from = binary.BigEndian.Uint64(key)
		return seen < pageOfRecords
	})
	if seen < pageOfRecords {
		p.from = 0
	}
	return p
}

// prunedAtOnce bounds how long other writers wait.
const prunedAtOnce = 10_000

// PruneAudit deletes the oldest records.
func (s *Store) PruneAudit(ctx context.Context, olderThan time.Time) (n int, err error) {
	for {
		pruned := 0
		err := s.writeAside(ctx, func(w *writer) error {
			pruned = w.prune(olderThan)
			if pruned == 0 {
				return errNoWrite
			}
			w.note(store.AuditPrune, "records before "+olderThan.UTC().Format(time.RFC3339), facts{"records": pruned}, nil)
			return nil
		})
		if err != nil {
			return n, err
		}
		n += pruned
		if pruned < prunedAtOnce {
			return n, nil
		}
	}
}

func (w *writer) prune(olderThan time.Time) (n int) {
	w.scan(auditBucket, nil, func(key, payload []byte) bool {
		if n == prunedAtOnce || !decodeAudit(key, payload).At.Before(olderThan) {
			return false
		}
		w.delete(auditBucket, key)
		n++
		return true
	})
	w.state.audits -= uint64(n)
	return n
}
