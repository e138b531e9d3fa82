package sigv4

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/credentialtest"
)

// TestSignaturesKeepTheContract holds lasting and temporary keys to what every credential has to keep.
func TestSignaturesKeepTheContract(t *testing.T) {
	for _, newKey := range []func() AccessKey{NewKey, NewTemporaryKey} {
		stages := map[*credentialtest.World]*stage{}
		signed := func(t testing.TB, w *credentialtest.World, username string, change ...func(*order)) authz.Request {
			s := stages[w]
			k := s.put(t, newKey(), username)
			return s.sign(append([]func(*order){func(o *order) { o.key = k }}, change...)...)
		}
		alice := func(change func(*order)) credentialtest.Sender {
			return func(t testing.TB, w *credentialtest.World) authz.Request { return signed(t, w, "alice", change) }
		}
		credentialtest.Run(t, credentialtest.Subject{
			New: func(t testing.TB, w *credentialtest.World) authz.Authenticator {
				stages[w] = setStageIn(t, w)
				return stages[w]
			},
			Credential: func(t testing.TB, w *credentialtest.World, username string) authz.Request {
				return signed(t, w, username)
			},
			Vectors: []credentialtest.Vector{
				credentialtest.Refuse("another secret", alice(func(o *order) { o.key.Secret = "guessed" }), credential.ErrWrong),
				credentialtest.Refuse("an unknown key", alice(func(o *order) { o.key.ID = NewKey().ID }), credential.ErrWrong),
				credentialtest.Refuse("old", alice(func(o *order) { o.at = o.at.Add(-time.Hour) }), credential.ErrExpired),
				credentialtest.Refuse("replayed", func(t testing.TB, w *credentialtest.World) authz.Request {
					r := signed(t, w, "alice")
					stages[w].expect(t, true, r)
					return r
				}, credential.ErrReplayed),
				credentialtest.Refuse("cut short", func(t testing.TB, w *credentialtest.World) authz.Request {
					r := signed(t, w, "alice")
					r.Headers["authorization"][0] = r.Headers["authorization"][0][:200]
					return r
				}, credential.ErrMalformed),
				credentialtest.Refuse("expired", func(t testing.TB, w *credentialtest.World) authz.Request {
					s := stages[w]
					k := s.put(t, newKey(), "alice", func(k *Key) { k.ExpiresAt = w.Now() })
					return s.sign(func(o *order) { o.key = k })
				}, credential.ErrExpired),
			},
		})
	}
}

// TestFullMemoryFailsClosed: one user fills a part of it and is refused; others go on until all of it is full; time makes room.
func TestFullMemoryFailsClosed(t *testing.T) {
	s := setStage(t, func(c *Config) { c.Writes = 2 * holders })
	mallory := s.put(t, NewKey(), "mallory")
	send := func(k AccessKey, n int) authz.Reason {
		_, err := s.Authenticate(context.Background(), s.sign(func(o *order) { o.key, o.body = k, fmt.Sprint(n) }))
		refusal, ok := errors.AsType[*authz.Refusal](err)
		if !ok {
			return ""
		}
		return refusal.Reason
	}
	for n, want := range []authz.Reason{"", "", authz.Throttled, authz.Throttled} {
		if got := send(mallory, n); got != want {
			t.Errorf("write %d of one user: %q, want %q", n, got, want)
		}
	}
	if got := send(s.alice, 0); got != "" {
		t.Errorf("another user: %q", got)
	}
	s.replays.total = 2 * holders
	if got := send(s.alice, 1); got != authz.Throttled {
		t.Errorf("with everything full: %q", got)
	}
	s.replays.total = 3
	s.clock = s.clock.Add(10 * time.Minute)
	if got := send(mallory, 9); got != "" || s.replays.total != 1 || len(s.replays.held) != 1 {
		t.Errorf("after the window: %q, %d remembered, %v", got, s.replays.total, s.replays.held)
	}
}

// TestConfigurationThatAuthenticatesNobody is refused.
func TestConfigurationThatAuthenticatesNobody(t *testing.T) {
	s := setStage(t)
	for name, c := range map[string]Config{
		"no keys":       {Sealer: s.sealer},
		"no sealer":     {Keys: s},
		"skew":          {Keys: s, Sealer: s.sealer, Skew: 2 * time.Hour},
		"negative skew": {Keys: s, Sealer: s.sealer, Skew: -1},
		"no room":       {Keys: s, Sealer: s.sealer, Writes: 1},
		"no service":    {Keys: s, Sealer: s.sealer, Services: []string{""}},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := New(Config{Keys: s, Sealer: s.sealer}); err != nil {
		t.Error(err)
	}
}

// TestPresents: every request with the scheme is ours to judge, whatever else is wrong with it.
func TestPresents(t *testing.T) {
	s := setStage(t)
	for value, want := range map[string]bool{scheme + " x": true, "aws4-hmac-sha256 x": true, scheme: true, "Basic YTpi": false, "Bearer x": false, "": false, scheme + "2 x": false} {
		if got := s.Presents(authz.Request{Headers: authz.Headers{"authorization": {value}}}); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}
