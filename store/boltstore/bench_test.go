package boltstore

import (
	"context"
	"fmt"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

func BenchmarkPermission(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		s := newStore(b, Options{noSync: true})
		fillGrants(b, s, n)
		ctx := context.Background()
		b.Run(fmt.Sprintf("grants=%d/hit", n), func(b *testing.B) {
			names := idsOf(n, "")
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				k := i * 7919 % n
				p, err := s.Permission(ctx, uint64(k%100)+1, authz.InDefault(authz.Experiment, names[k%len(names)]))
				if err != nil || (p == authz.NoGrant && k < len(names)) {
					b.Fatal(p, err)
				}
			}
		})
		b.Run(fmt.Sprintf("grants=%d/miss", n), func(b *testing.B) {
			names := idsOf(n, "x")
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				k := i * 7919 % n
				if p, err := s.Permission(ctx, uint64(k%100)+1, authz.InDefault(authz.Experiment, names[k%len(names)])); err != nil || p != authz.NoGrant {
					b.Fatal(p, err)
				}
			}
		})
		b.Run(fmt.Sprintf("grants=%d/parallel", n), func(b *testing.B) {
			names := idsOf(n, "")
			b.RunParallel(func(pb *testing.PB) {
				for k := 0; pb.Next(); k = (k + 7919) % len(names) {
					if _, err := s.Permission(ctx, uint64(k%100)+1, authz.InDefault(authz.Experiment, names[k])); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

// idsOf makes the ids beforehand, so that the benchmark does not measure making them.
func idsOf(n int, suffix string) []string {
	names := make([]string, min(n, 1<<17))
	for i := range names {
		names[i] = fmt.Sprint(i) + suffix
	}
	return names
}

func BenchmarkUserByName(b *testing.B) {
	s := newStore(b, Options{noSync: true})
	fillGrants(b, s, 100)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.UserByName(context.Background(), "user50"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOwn(b *testing.B) { // a write, with its fsync
	s := newStore(b, Options{})
	fillGrants(b, s, 10_000)
	for i := 0; b.Loop(); i++ {
		check(b, s.Own(context.Background(), authz.InDefault(authz.Experiment, fmt.Sprint("new", i)), 1))
	}
}

func BenchmarkPutIntent(b *testing.B) {
	s := newStore(b, Options{})
	for b.Loop() {
		check(b, s.PutIntent(context.Background(), store.Intent{ID: "1", Kind: store.IntentCreate, Name: "experiment"}))
		check(b, s.DeleteIntent(context.Background(), "1"))
	}
}

// fillGrants gives grant k to user k%100+1 on experiment k, in few transactions.
func fillGrants(b *testing.B, s *Store, n int) {
	b.Helper()
	for i := range 100 {
		_, err := s.CreateUser(context.Background(), store.User{Username: fmt.Sprint("user", i), PasswordHash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"})
		check(b, err)
	}
	const batch = 50_000
	for from := 0; from < n; from += batch {
		check(b, s.write(context.Background(), func(w *writer) error {
			for _, a := range []bucket{grantsBucket, grantsOnBucket, grantIDsBucket} {
				w.tx.Bucket([]byte(a.name)).FillPercent = 0.8
			}
			for k := from; k < min(n, from+batch); k++ {
				w.state.grants++
				w.putGrant(store.Grant{Holder: uint64(k%100) + 1, Resource: authz.InDefault(authz.Experiment, fmt.Sprint(k)), Permission: authz.Edit})
			}
			w.note(store.GrantCreate, "grants", nil, nil)
			return nil
		}))
	}
}

func BenchmarkAccountByKey(b *testing.B) {
	s := newStore(b, Options{noSync: true})
	furnish(b, s, 0)
	key := digestOf(1)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.AccountByKey(context.Background(), store.Token, key); err != nil {
			b.Fatal(err)
		}
	}
}
