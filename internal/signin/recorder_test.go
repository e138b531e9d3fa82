package signin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/store"
)

const canary = "hunter2-typed-as-a-name"

// trail keeps what is appended. Its only user is alice.
type trail struct {
	records []store.Audit
	err     error
}

func (a *trail) AppendAudit(_ context.Context, records ...store.Audit) error {
	if a.err == nil {
		a.records = append(a.records, records...)
	}
	return a.err
}

func (*trail) UserByName(_ context.Context, username string) (store.User, error) {
	if username == "alice" {
		return store.User{ID: 1, Username: username}, nil
	}
	return store.User{}, store.ErrNotFound
}

// judge always says the same.
type judge struct{ err error }

func (j judge) Authenticate(context.Context, authz.Request) (authz.Principal, error) {
	return authz.Principal{UserID: 1, Username: "alice"}, j.err
}

type fixture struct {
	*Recorder
	trail    *trail
	unlisted int
}

func newFixture() *fixture {
	f := &fixture{trail: &trail{}}
	f.Recorder = New(f.trail, time.Now, slog.New(slog.DiscardHandler), func() { f.unlisted++ })
	return f
}

func (f *fixture) judged(t *testing.T, err error, r authz.Request) {
	t.Helper()
	if _, got := f.Recorded(judge{err}).Authenticate(t.Context(), r); !errors.Is(got, err) {
		t.Errorf("the answer is %v, not the authenticator's", got)
	}
}

func request(authorization string) authz.Request {
	return authz.Request{
		ID: "request-7", Source: netip.MustParseAddr("192.0.2.7"), Target: "/?secret=" + canary, Headers: authz.Headers{"authorization": {authorization}},
	}
}

func refused(username string, cause error) error {
	return credential.Tried(username, credential.Unauthenticated(cause))
}

// TestFailures: each kind of failure is a record of its class, and what is none has no record.
func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		err           error
		authorization string
		target, after string // "" for no record
	}{
		"wrong":           {refused("alice", credential.ErrWrong), "Basic eA==", "user alice", `{"credential":"password","failure":"wrong"}`},
		"no such user":    {refused(canary, credential.ErrWrong), "Basic eA==", "unknown user", `{"credential":"password","failure":"wrong"}`},
		"expired":         {refused("alice", fmt.Errorf("%w: long ago", credential.ErrExpired)), "Bearer x", "user alice", `{"credential":"token","failure":"expired"}`},
		"replayed":        {refused("alice", credential.ErrReplayed), "AWS4-HMAC-SHA256 x", "user alice", `{"credential":"sigv4","failure":"replayed"}`},
		"malformed":       {refused("", credential.ErrMalformed), "Bearer a.b.c", "unknown user", `{"credential":"jwt","failure":"malformed"}`},
		"several":         {refused("", credential.ErrSeveral), "x", "unknown user", `{"credential":"other","failure":"several"}`},
		"throttled":       {credential.Tried("alice", authz.Refuse(authz.Throttled, "")), "Basic eA==", "user alice", `{"credential":"password","failure":"throttled"}`},
		"accepted":        {nil, "Basic eA==", "", ""},
		"no credential":   {credential.Unauthenticated(credential.ErrAbsent), "", "", ""},
		"no store":        {credential.Unreadable(errors.New("disk")), "Basic eA==", "", ""},
		"something else":  {errors.New("bug"), "Basic eA==", "", ""},
		"a name too long": {refused(strings.Repeat("a", 2*store.MaxName), credential.ErrWrong), "Basic eA==", "unknown user", `{"credential":"password","failure":"wrong"}`},
	} {
		f := newFixture()
		f.judged(t, c.err, request(c.authorization))
		f.flush(t.Context(), true)
		if c.after == "" {
			if len(f.trail.records) > 0 {
				t.Errorf("%s is on record: %+v", name, f.trail.records)
			}
			continue
		}
		want := []store.Audit{{
			Actor: store.Actor{Source: "192.0.2.7", RequestID: "request-7"}, Action: store.SignInFailed, Target: c.target, After: c.after,
		}}
		for i := range f.trail.records {
			f.trail.records[i].At = time.Time{}
		}
		if diff := cmp.Diff(want, f.trail.records); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if strings.Contains(fmt.Sprint(f.trail.records), canary) {
			t.Errorf("%s: what was typed is on record", name)
		}
	}
}

// TestASecondProof is by somebody who is signed in.
func TestASecondProof(t *testing.T) {
	f := newFixture()
	who := store.Actor{Username: "admin", UserID: 2, Method: authz.ByToken, Source: "192.0.2.9"}
	ctx := store.WithActor(t.Context(), who)
	f.ProofRefused(ctx, "alice", credential.Unauthenticated(credential.ErrWrong))
	f.ProofRefused(ctx, "alice", errors.New("bug"))
	f.flush(ctx, true)
	if len(f.trail.records) != 1 || f.trail.records[0].Actor != who || f.trail.records[0].Target != "user alice" ||
		f.trail.records[0].After != `{"credential":"current_password","failure":"wrong"}` {
		t.Errorf("%+v", f.trail.records)
	}
}

// TestAnAttackIsCounted: it takes no more room than it may, and nothing of it is left out of the count.
func TestAnAttackIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			f.Run(ctx)
		}()
		const all = 5 * Burst
		for range all {
			f.judged(t, refused("alice", credential.ErrWrong), request("Basic eA=="))
		}
		time.Sleep(90 * time.Second) // of the test's clock
		f.judged(t, refused("alice", credential.ErrWrong), request("Basic eA=="))
		stop()
		<-done
		last := len(f.trail.records) - 1
		if f.unlisted != all-Burst || last != Burst+1 || f.trail.records[last].Target != "user alice" {
			t.Fatalf("%d unlisted, %d records", f.unlisted, last+1)
		}
		if a := f.trail.records[last-1]; a.Target != "others" || a.After != fmt.Sprintf(`{"not_listed":%d}`, all-Burst) || a.Action != store.SignInFailed {
			t.Errorf("%+v", a)
		}
	})
}

// TestAFullDiskLosesNoCount: when it can be written again, a record says how many there were.
func TestAFullDiskLosesNoCount(t *testing.T) {
	f := newFixture()
	f.trail.err = store.ErrReadOnly
	for range 3 {
		f.judged(t, refused("alice", credential.ErrWrong), request("Basic eA=="))
		f.flush(t.Context(), false)
	}
	f.trail.err = nil
	f.flush(t.Context(), true)
	if len(f.trail.records) != 1 || f.trail.records[0].After != `{"not_listed":3}` || f.unlisted != 3 {
		t.Errorf("%d unlisted, records %+v", f.unlisted, f.trail.records)
	}
}

func BenchmarkRefused(b *testing.B) {
	f := newFixture()
	r, err := request("Basic eA=="), refused("alice", credential.ErrWrong)
	b.ReportAllocs()
	for b.Loop() {
		f.refused(r, err)
	}
}
