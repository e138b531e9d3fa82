package credential

import (
	"fmt"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"extauthz/authz"
)

// throttle slows down whoever fails. It locks no account: its keys contain the network that the failures came from, and tokens come back.
type throttle struct {
	now  func() time.Time
	seed maphash.Seed

	mu      sync.Mutex
	users   *buckets
	sources *buckets
}

func newThrottle(l Limits, now func() time.Time) *throttle {
	return &throttle{now: now, seed: maphash.MakeSeed(), users: newBuckets(l.User, l.Size), sources: newBuckets(l.Source, l.Size)}
}

// origin is what a bucket belongs to; who "" is everybody from there.
type origin struct {
	who   string
	where netip.Addr
}

// begin asks to check a password of username from source. Who gets an attempt must end it.
func (t *throttle) begin(username string, source netip.Addr) (*attempt, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	where := network(source)
	return t.start(t.users.get(t.key(origin{username, where})), t.sources.get(t.key(origin{"", where})))
}

// beginOwn is begin for somebody who is signed in as username and proves it again. Nobody else shares the bucket: no Basic username
// has a colon.
func (t *throttle) beginOwn(username string) (*attempt, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.start(t.users.get(t.key(origin{"own:" + username, netip.Addr{}})))
}

func (t *throttle) start(all ...*bucket) (*attempt, error) {
	now, wait := t.now(), time.Duration(0)
	for _, b := range all {
		wait = max(wait, b.wait(now))
	}
	if wait > 0 {
		return nil, authz.Refuse(authz.Throttled, retryText(wait))
	}
	for _, b := range all {
		b.running++
	}
	return &attempt{throttle: t, buckets: all}, nil
}

// key hashes with a random seed: names of any length take eight bytes, and nobody can aim for another's bucket.
func (t *throttle) key(o origin) uint64 { return maphash.Comparable(t.seed, o) }

// network is the part of an address that its user cannot choose freely: all of an IPv4 address, the first 64 bits of an IPv6 one. The
// zero Addr, an unknown source, is a network of its own.
func network(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.Is6() {
		return a
	}
	p, _ := a.Prefix(64) // cannot fail: a is IPv6 and 64 is in range
	return p.Addr()
}

func retryText(wait time.Duration) string {
	seconds := int64((wait + time.Second - 1) / time.Second)
	return fmt.Sprintf("Too many failed sign-ins; check the username and password, and try again in %d s.", seconds)
}

// attempt is one password check that is under way.
type attempt struct {
	throttle *throttle
	buckets  []*bucket
}

// end gives the attempt's place back and takes a token for it when it failed.
func (a *attempt) end(failed bool) {
	a.throttle.mu.Lock()
	defer a.throttle.mu.Unlock()
	now := a.throttle.now()
	for _, b := range a.buckets {
		b.running--
		if failed {
			b.failures.AllowN(now, 1)
		}
	}
}
