package jwt

import (
	"context"
	"crypto"
	"fmt"
	"testing"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// still has one account, so that the benchmarks show what a token costs and not a map with a lock.
type still struct{ *people }

func (still) Account(context.Context, string) (credential.Account, error) {
	return credential.Account{Principal: authz.Principal{UserID: 2, Username: "alice"}}, nil
}

func (still) Roles(context.Context, []string) ([]uint64, authz.Permission, error) {
	return []uint64{7}, authz.NoGrant, nil
}

func benchStage(b *testing.B, change ...func(*Issuer)) *stage {
	s := setStage(b, change...)
	s.config.Users = still{s.people}
	return s
}

func authenticate(b *testing.B, s *stage, r authz.Request) {
	if _, err := s.Authenticate(b.Context(), r); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSeen is a token of a user with hundreds of groups, seen before. Compare with BenchmarkRemembered of package credential.
func BenchmarkSeen(b *testing.B) {
	s := benchStage(b, func(i *Issuer) { i.Groups, i.Roles = "groups", map[string]string{"team-1": "editors"} })
	var groups []string
	for n := range 200 {
		groups = append(groups, fmt.Sprint("team-", n))
	}
	for name, r := range map[string]authz.Request{
		"plain": bearing(s.token("alice")), "200groups": bearing(s.token("alice", with("groups", groups))),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				authenticate(b, s, r)
			}
		})
	}
}

func BenchmarkUnseen(b *testing.B) {
	for name, token := range map[string]func(*stage) string{
		"RS256": func(s *stage) string { return s.token("alice") },
		"ES256": func(s *stage) string {
			return forge(`{"alg":"ES256","kid":"p256"}`, s.claims("alice"), signES(p256(), crypto.SHA256))
		},
		"EdDSA": func(s *stage) string { return forge(`{"alg":"EdDSA","kid":"ed"}`, s.claims("alice"), signEd(edKey())) },
	} {
		b.Run(name, func(b *testing.B) {
			s := benchStage(b)
			r := bearing(token(s))
			b.ReportAllocs()
			for b.Loop() {
				s.verified.InvalidateAll()
				authenticate(b, s, r)
			}
		})
	}
}
