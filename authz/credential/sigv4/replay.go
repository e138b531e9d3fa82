package sigv4

import (
	"crypto/sha256"
	"sync"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// holders is into how many parts the memory for writes is divided: one user can fill no more than one of them.
const holders = 4

// replays remembers the signatures of writes for as long as they would be accepted. A write whose signature finds no room is refused: without a
// note of it, it could be sent again. Another process, and this one after a restart, knows nothing of them.
type replays struct {
	size  int
	width time.Duration // of a slot

	mu     sync.Mutex
	slots  map[int64]*slot // by when the signatures in them end
	oldest int64           // slots before it are forgotten, and nothing is accepted into them again, be the clock set back
	total  int
	held   map[uint64]int // by user
}

type slot struct {
	seen map[fingerprint]uint64 // whose it is
	held map[uint64]int
}

// fingerprint is the first half of a signature: 128 bits that only who has the key can choose.
type fingerprint [sha256.Size / 2]byte

func newReplays(size int, skew time.Duration) *replays {
	return &replays{size: size, width: max(skew/5, time.Second), slots: map[int64]*slot{}, held: map[uint64]int{}}
}

// first notes a signature that is accepted until then, and refuses one that it has noted before.
func (r *replays) first(sum [sha256.Size]byte, user uint64, until, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(r.slot(now))
	at := r.slot(until)
	if at < r.oldest {
		return credential.Unauthenticated(credential.ErrExpired)
	}
	s := r.slots[at]
	if s == nil {
		s = &slot{map[fingerprint]uint64{}, map[uint64]int{}}
		r.slots[at] = s
	}
	f := fingerprint(sum[:])
	switch _, again := s.seen[f]; {
	case again:
		return credential.Unauthenticated(credential.ErrReplayed)
	case r.total >= r.size || r.held[user] >= r.size/holders:
		return authz.Refuse(authz.Throttled, "Too many signed writes within minutes; try again in a minute, or send a token.")
	}
	s.seen[f] = user
	s.held[user]++
	r.held[user]++
	r.total++
	return nil
}

// undo makes room for a signature to be accepted once more.
func (r *replays) undo(sum [sha256.Size]byte, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, f := r.slots[r.slot(until)], fingerprint(sum[:])
	if s == nil {
		return
	}
	if user, noted := s.seen[f]; noted {
		delete(s.seen, f)
		s.held[user]--
		r.release(user, 1)
	}
}

func (r *replays) release(user uint64, n int) {
	r.total -= n
	if r.held[user] -= n; r.held[user] == 0 {
		delete(r.held, user)
	}
}

func (r *replays) slot(t time.Time) int64 { return t.Unix() / int64(r.width/time.Second) }

// forget drops the slots before the present one: everything in them has ended.
func (r *replays) forget(present int64) {
	if present <= r.oldest {
		return
	}
	r.oldest = present
	for at, s := range r.slots {
		if at >= present {
			continue
		}
		for user, n := range s.held {
			r.release(user, n)
		}
		delete(r.slots, at)
	}
}
