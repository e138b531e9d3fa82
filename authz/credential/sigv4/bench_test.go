package sigv4

import (
	"context"
	"testing"
	"time"

	"extauthz/authz"
)

// one has one key, so that the benchmarks show what a signature costs and not a map with a lock.
type one struct{ key Key }

func (o one) AccessKey(context.Context, string) (Key, error) { return o.key, nil }

func benchStage(b *testing.B, change ...func(*order)) (*Authenticator, authz.Request) {
	s := setStage(b)
	key, err := s.AccessKey(b.Context(), s.alice.ID)
	if err != nil {
		b.Fatal(err)
	}
	a, err := New(Config{Keys: one{key}, Sealer: s.sealer, Now: func() time.Time { return s.clock }})
	if err != nil {
		b.Fatal(err)
	}
	return a, s.sign(change...)
}

// BenchmarkRemembered is a read with a key that was used before.
func BenchmarkRemembered(b *testing.B) {
	a, r := benchStage(b, func(o *order) {
		o.method, o.target, o.body = "GET", "/api/2.0/mlflow/runs/get?run_id=0123456789abcdef", ""
	})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Authenticate(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWrite is a write of which everything is checked; that it is a replay is what ends it.
func BenchmarkWrite(b *testing.B) {
	a, r := benchStage(b)
	a.config.Reads = func(authz.Request) bool { return true }
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Authenticate(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWrong is a wrong signature: three forms and a signing key derived.
func BenchmarkWrong(b *testing.B) {
	a, r := benchStage(b, func(o *order) { o.key.Secret = "guessed" })
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Authenticate(b.Context(), r); err == nil {
			b.Fatal("accepted")
		}
	}
}
