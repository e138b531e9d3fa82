package jwt

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// pause is the shortest time between two attempts to fetch an issuer's keys.
	pause = time.Minute
	// fetchDeadline is below the timeout of ext_authz, so that who waits for keys still gets an answer of ours.
	fetchDeadline = 3 * time.Second
)

// keyring holds an issuer's keys. They are fetched when a request finds them old or lacks one: at most once in a pause, one fetch at a time.
type keyring struct {
	source      func(ctx context.Context) (document []byte, err error)
	every, keep time.Duration
	now         func() time.Time
	log         *slog.Logger

	mu      sync.Mutex
	keys    *keys
	fetched time.Time     // when the fetch that brought keys began
	tried   time.Time     // when the last one began
	flight  chan struct{} // closed when the one under way has ended; nil when there is none
}

// usable returns the keys that are to be believed now, nil for none. Who finds them old, or gone, waits until they were asked for again.
func (r *keyring) usable(ctx context.Context) *keys { return r.after(ctx, r.begin(r.every)) }

// fresher is usable for a token whose key is not among what was held.
func (r *keyring) fresher(ctx context.Context) *keys { return r.after(ctx, r.begin(0)) }

func (r *keyring) after(ctx context.Context, flight <-chan struct{}) *keys {
	if flight != nil {
		select {
		case <-flight:
		case <-ctx.Done():
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held()
}

// held are the keys, unless nobody has vouched for them for too long.
func (r *keyring) held() *keys {
	if r.now().Sub(r.fetched) >= r.keep {
		return nil
	}
	return r.keys
}

// begin fetches keys that are older than age, unless that was tried just now. It returns what to wait for, nil for nothing. Who has usable keys
// does not wait for the fetch of somebody else.
func (r *keyring) begin(age time.Duration) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	switch {
	case r.flight != nil && (age == 0 || r.held() == nil):
		return r.flight
	case r.flight != nil, now.Sub(r.fetched) < age, now.Sub(r.tried) < pause:
		return nil
	}
	r.tried = now
	r.flight = make(chan struct{})
	go r.fetch(now)
	return r.flight
}

// fetch does not end with the request that began it: others wait for it, and a client that hangs up must not keep old keys alive.
func (r *keyring) fetch(began time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchDeadline)
	defer cancel()
	found, err := r.read(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.flight)
	r.flight = nil
	if err != nil {
		r.log.Warn("the keys of an issuer cannot be fetched", "error", err, "held", r.held() != nil, "since", r.fetched)
		return
	}
	r.fetched = began
	if r.keys == nil || r.keys.digest != found.digest {
		r.keys = found
	}
}

func (r *keyring) read(ctx context.Context) (*keys, error) {
	document, err := r.source(ctx)
	if err != nil {
		return nil, err
	}
	return readKeys(document)
}
