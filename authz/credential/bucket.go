package credential

import (
	"container/list"
	"time"

	"golang.org/x/time/rate"
)

// bucket counts the failures of one key. An attempt that is still running holds a token without taking it: otherwise many guesses at
// once would all pass on the last token.
type bucket struct {
	failures *rate.Limiter
	every    time.Duration
	running  int
}

// wait is how long until one more attempt may run; 0 is now.
func (b *bucket) wait(now time.Time) time.Duration {
	missing := float64(b.running+1) - b.failures.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return max(1, time.Duration(missing*float64(b.every)))
}

// buckets holds the most recently used buckets. One that is forgotten is full again, so the size must be large against the number of
// keys that an attacker can touch in the time it takes to fill.
type buckets struct {
	limit  Limit
	size   int
	index  map[uint64]*list.Element
	recent *list.List // of *kept, latest first
}

type kept struct {
	key    uint64
	bucket *bucket
}

func newBuckets(limit Limit, size int) *buckets {
	return &buckets{limit: limit, size: size, index: make(map[uint64]*list.Element), recent: list.New()}
}

func (b *buckets) get(key uint64) *bucket {
	if e, ok := b.index[key]; ok {
		b.recent.MoveToFront(e)
		return e.Value.(*kept).bucket
	}
	fresh := &bucket{failures: rate.NewLimiter(rate.Every(b.limit.Every), b.limit.Burst), every: b.limit.Every}
	b.index[key] = b.recent.PushFront(&kept{key: key, bucket: fresh})
	if b.recent.Len() > b.size {
		oldest := b.recent.Remove(b.recent.Back()).(*kept)
		delete(b.index, oldest.key)
	}
	return fresh
}
