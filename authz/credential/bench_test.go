package credential

import (
	"context"
	"slices"
	"testing"
	"time"

	"extauthz/authz"
)

// still has one account, so that the benchmarks show what we cost and not a map with a lock.
type still struct{ account Account }

func (s still) Account(context.Context, string) (Account, error) { return s.account, nil }

func remembered(b *testing.B) (*Basic, authz.Request) {
	h := newTestHasher(b)
	hash, _ := h.Hash(b.Context(), secret)
	basic, err := NewBasic(Config{Accounts: still{Account{authz.Principal{UserID: 1, Username: "alice"}, hash}}, Hasher: h})
	if err != nil {
		b.Fatal(err)
	}
	r := request(header("alice", secret), home)
	if _, err := basic.Authenticate(b.Context(), r); err != nil {
		b.Fatal(err)
	}
	return basic, r
}

func BenchmarkRemembered(b *testing.B) {
	basic, r := remembered(b)
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := basic.Authenticate(ctx, r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRememberedParallel(b *testing.B) {
	basic, r := remembered(b)
	ctx := b.Context()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := basic.Authenticate(ctx, r); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	s, token := newSealer(), b64("alice:"+secret)
	b.ReportAllocs()
	for b.Loop() {
		s.seal(token)
	}
}

// BenchmarkEnumeration refuses a known and an unknown name in turn, each with the same wrong password and hashes of the default cost, and
// reports by how much of a hash the two differ: what an attacker can measure. Whoever comes first changes from turn to turn.
func BenchmarkEnumeration(b *testing.B) {
	h, err := NewHasher(HasherConfig{})
	if err != nil {
		b.Fatal(err)
	}
	hash, _ := h.Hash(b.Context(), secret)
	people := &people{}
	people.put("alice", Account{Principal: authz.Principal{UserID: 2, Username: "alice"}, PasswordHash: hash})
	now := time.Unix(1_000_000, 0)
	basic, err := NewBasic(Config{Accounts: people, Hasher: h, Now: func() time.Time { return now }})
	if err != nil {
		b.Fatal(err)
	}
	requests := []authz.Request{request(header("alice", "a wrong password"), home), request(header("alicf", "a wrong password"), home)}
	times := make([][]time.Duration, len(requests))
	for i := 0; b.Loop(); i++ {
		now = now.Add(time.Hour) // past the throttle
		for k := range requests {
			which := (i + k) % len(requests)
			start := time.Now()
			if _, err := basic.Authenticate(b.Context(), requests[which]); reason(err) != authz.Unauthenticated {
				b.Fatal(err)
			}
			times[which] = append(times[which], time.Since(start))
		}
	}
	known, unknown := median(times[0]), median(times[1])
	b.ReportMetric(100*float64(known-unknown)/float64(unknown), "%known-unknown")
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func BenchmarkThrottle(b *testing.B) {
	s := setStage(b)
	b.ReportAllocs()
	for b.Loop() {
		a, err := s.throttle.begin("alice", home)
		if err != nil {
			b.Fatal(err)
		}
		a.end(false)
	}
}

func BenchmarkHash(b *testing.B) {
	h, _ := NewHasher(HasherConfig{})
	for b.Loop() {
		if _, err := h.Hash(b.Context(), secret); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyWerkzeugScrypt(b *testing.B) {
	h := newTestHasher(b)
	const encoded = "scrypt:32768:8:1$x$" + "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
	for b.Loop() {
		if _, err := h.Verify(b.Context(), encoded, secret); err != nil {
			b.Fatal(err)
		}
	}
}
