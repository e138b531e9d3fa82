package jwt

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"extauthz/authz"
)

func byKey(s *stage, kid string) string {
	return forge(`{"alg":"RS256","kid":"`+kid+`"}`, s.claims("alice", with("exp", s.people.Now().Unix()+1_000_000)), byRSA())
}

func TestKeysAreFetchedOnce(t *testing.T) {
	s := setStage(t)
	s.fetched(t, 0)
	for range 5 {
		s.accepts(t, s.token("alice"))
		s.accepts(t, byKey(s, "rsa"))
	}
	s.fetched(t, 1)
	s.people.Advance(defaultRefresh)
	for range 5 {
		s.accepts(t, byKey(s, "rsa"))
	}
	s.fetched(t, 2)
}

// TestNewKeyIsFoundAtOnce, but for the pause between two fetches.
func TestNewKeyIsFoundAtOnce(t *testing.T) {
	s := setStage(t)
	s.accepts(t, s.token("alice"))
	s.idp.jwks.Store(keySet(jwkRSA("next", &rsaKey().PublicKey)))
	s.refuses(t, byKey(s, "next"))
	s.people.Advance(pause)
	s.accepts(t, byKey(s, "next"))
	s.fetched(t, 2)
}

// TestWithdrawnKeyIsDeadOnceKeysWereFetched, for tokens too that were seen before.
func TestWithdrawnKeyIsDeadOnceKeysWereFetched(t *testing.T) {
	s := setStage(t)
	old := byKey(s, "rsa")
	s.accepts(t, old)
	s.idp.jwks.Store(keySet(jwkRSA("next", &rsaKey().PublicKey)))
	s.accepts(t, old) // nobody has asked yet
	s.people.Advance(defaultRefresh)
	s.refuses(t, old)
	s.accepts(t, byKey(s, "next"))
}

// TestWithdrawnKeyIsDeadAfterIdleness: the first request after a quiet night asks before it is answered.
func TestWithdrawnKeyIsDeadAfterIdleness(t *testing.T) {
	s := setStage(t)
	old := byKey(s, "rsa")
	s.accepts(t, old)
	s.idp.jwks.Store(keySet())
	s.people.Advance(8 * time.Hour)
	s.refuses(t, old)
	s.idp.jwks.Store(keySet(allKeys()...))
	s.people.Advance(pause)
	s.accepts(t, old)
}

// TestSameKeyIDNewKey: an id is no key.
func TestSameKeyIDNewKey(t *testing.T) {
	s := setStage(t)
	s.accepts(t, byKey(s, "rsa"))
	s.idp.jwks.Store(keySet(jwkRSA("rsa", &otherRSA().PublicKey)))
	s.people.Advance(defaultRefresh)
	s.refuses(t, byKey(s, "rsa"))
	s.accepts(t, forge(`{"alg":"RS256","kid":"rsa"}`, s.claims("alice"), signRS256(otherRSA())))
}

// TestUnknownKeyIDsCostOneFetchAMinute: whoever can send a request can make one up.
func TestUnknownKeyIDsCostOneFetchAMinute(t *testing.T) {
	s := setStage(t)
	s.accepts(t, s.token("alice"))
	for minute := range int64(3) {
		var all sync.WaitGroup
		for n := range 50 {
			all.Go(func() { s.refuses(t, byKey(s, fmt.Sprint("made-up-", minute, "-", n))) })
		}
		all.Wait()
		s.accepts(t, s.token("alice"))
		s.fetched(t, max(1, minute+1))
		s.people.Advance(pause)
	}
}

// TestManyFirstRequestsFetchOnce, and all of them wait for it.
func TestManyFirstRequestsFetchOnce(t *testing.T) {
	s := setStage(t)
	gate := make(chan struct{})
	s.idp.handler.Store(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-gate
		_, _ = w.Write([]byte(keySet(allKeys()...)))
	}))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { s.accepts(t, s.token("alice")) })
	}
	close(gate)
	all.Wait()
	s.fetched(t, 1)
}

// TestOutage: keys stay good for KeepFor, then nothing is accepted, and when the issuer is back its tokens are.
func TestOutage(t *testing.T) {
	s := setStage(t, func(i *Issuer) { i.KeepFor = 2 * time.Hour })
	seen := byKey(s, "rsa")
	s.accepts(t, seen)
	s.idp.down.Store(true)
	for range 7 {
		s.people.Advance(17 * time.Minute)
		s.accepts(t, seen)
		s.accepts(t, s.token("alice"))
	}
	s.people.Advance(time.Minute) // 2 h
	s.refuses(t, seen)
	s.refuses(t, s.token("alice"))
	s.idp.down.Store(false)
	s.people.Advance(pause)
	s.accepts(t, seen)
	s.accepts(t, s.token("alice"))
}

func TestIssuerThatWasNeverThere(t *testing.T) {
	s := setStage(t)
	s.idp.down.Store(true)
	for range 5 {
		s.refuses(t, s.token("alice"))
	}
	s.idp.down.Store(false)
	s.refuses(t, s.token("alice"))
	s.people.Advance(pause)
	s.accepts(t, s.token("alice"))
}

// TestClientThatHangsUpKeepsNoOldKeyAlive: the fetch that its request began goes on.
func TestClientThatHangsUpKeepsNoOldKeyAlive(t *testing.T) {
	s := setStage(t)
	held := make(chan struct{})
	s.idp.handler.Store(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-held
		_, _ = w.Write([]byte(keySet(allKeys()...)))
	}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Authenticate(ctx, bearing(s.token("alice"))); reason(err) != authz.Unauthenticated {
		t.Error(err)
	}
	close(held)
	s.accepts(t, s.token("alice")) // waits for the same fetch
	s.fetched(t, 1)
}

// TestBadKeySetsLeaveTheOldOnes: what is no key set withdraws nothing.
func TestBadKeySetsLeaveTheOldOnes(t *testing.T) {
	s := setStage(t)
	s.accepts(t, s.token("alice"))
	many := make([]string, maxKeys+1)
	for i := range many {
		many[i] = jwkEd(fmt.Sprint(i), nil)
	}
	for name, text := range map[string]string{
		"no JSON": "<html>", "cut short": keySet(allKeys()...)[:100], "a list": "[]", "repeated names": `{"keys":[],"keys":[]}`,
		"too many": keySet(many...), "endless": `{"keys":[],"x":"` + strings.Repeat("x", maxDocument) + `"}`, "nothing": "",
	} {
		s.idp.jwks.Store(text)
		s.people.Advance(defaultRefresh)
		if _, err := s.Authenticate(t.Context(), bearing(s.token("alice"))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestKeysThatCannotVerify: none of these is used, whatever its id.
func TestKeysThatCannotVerify(t *testing.T) {
	for name, key := range map[string]string{
		"a secret":                `{"kty":"oct","kid":"rsa","k":"c2VjcmV0","alg":"RS256"}`,
		"for encryption":          jwkRSA("rsa", &rsaKey().PublicKey, `"use":"enc"`),
		"for another algorithm":   jwkRSA("rsa", &rsaKey().PublicKey, `"alg":"RS384"`),
		"for HMAC":                jwkRSA("rsa", &rsaKey().PublicKey, `"alg":"HS256"`),
		"with its private part":   jwkRSA("rsa", &rsaKey().PublicKey, `"d":"AQAB"`),
		"too short":               `{"kty":"RSA","kid":"rsa","n":"` + b64(rsaKey().N.Bytes()[:128]) + `","e":"AQAB"}`,
		"too long":                `{"kty":"RSA","kid":"rsa","n":"` + b64(append([]byte{0x80}, make([]byte, maxRSABits/8)...)) + `","e":"AQAB"}`,
		"of an unknown kind":      `{"kty":"PQ","kid":"rsa"}`,
		"off the curve":           `{"kty":"EC","kid":"rsa","crv":"P-256","x":"AA","y":"AA"}`,
		"with another one's name": jwkRSA("RSA", &rsaKey().PublicKey),
	} {
		t.Run(name, func(t *testing.T) {
			s := setStage(t)
			s.idp.jwks.Store(keySet(key, jwkEd("ed", edKey().Public().(ed25519.PublicKey))))
			s.refuses(t, s.token("alice"))
			s.accepts(t, forge(`{"alg":"EdDSA","kid":"ed"}`, s.claims("alice"), signEd(edKey())))
		})
	}
}

// TestNoKeyIDAndTwoKeys: nobody guesses which.
func TestNoKeyIDAndTwoKeys(t *testing.T) {
	s := setStage(t)
	bare := forge(`{"alg":"RS256"}`, s.claims("alice"), byRSA())
	s.accepts(t, bare)
	s.idp.jwks.Store(keySet(jwkRSA("rsa", &rsaKey().PublicKey), jwkRSA("other", &otherRSA().PublicKey)))
	s.people.Advance(defaultRefresh)
	s.refuses(t, bare)
	s.accepts(t, byKey(s, "rsa"))
}
