package metrics

import (
	"context"
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// judge answers every credential in one way.
type judge struct {
	principal authz.Principal
	err       error
}

func (j judge) Authenticate(context.Context, authz.Request) (authz.Principal, error) {
	return j.principal, j.err
}

func TestAuthentications(t *testing.T) {
	header := func(value string) authz.Request {
		return authz.Request{Headers: authz.Headers{"authorization": {value}}}
	}
	wrongOne := credential.Unauthenticated(credential.ErrWrong)
	for _, tc := range []struct {
		name         string
		judge        judge
		request      authz.Request
		kind, result string
	}{
		{"a token sent as a password", judge{authz.Principal{UserID: 1, Method: authz.ByToken}, nil}, header("Basic eA=="), "token", "accepted"},
		{"a method that is not known yet", judge{authz.Principal{UserID: 1, Method: "passkey"}, nil}, header("Basic eA=="), "other", "accepted"},
		{"none", judge{err: credential.Unauthenticated(credential.ErrAbsent)}, authz.Request{}, "none", "absent"},
		{"a wrong password", judge{err: wrongOne}, header("bAsIc eA=="), "password", "wrong"},
		{"a wrong token", judge{err: wrongOne}, header("Bearer mlf_x"), "token", "wrong"},
		{"an old JWT", judge{err: credential.Unauthenticated(credential.ErrExpired)}, header("Bearer a.b.c"), "jwt", "expired"},
		{"a wrong signature", judge{err: wrongOne}, header("AWS4-HMAC-SHA256 Credential=x"), "sigv4", "wrong"},
		{"a wrong certificate", judge{err: wrongOne}, authz.Request{Certificate: "x"}, "certificate", "wrong"},
		{"a scheme of the client's invention", judge{err: wrongOne}, header("Zm9v-bar x"), "other", "wrong"},
		{"too many", judge{err: authz.Refuse(authz.Throttled, "")}, header("Basic eA=="), "password", "throttled"},
		{"no store", judge{err: authz.Refuse(authz.StoreFailed, "")}, header("Basic eA=="), "password", "failed"},
		{"a bug", judge{err: errors.New("bug")}, header("Basic eA=="), "password", "failed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := NewAuthentications(prometheus.NewRegistry())
			before := len(a.count)
			p, err := a.Counted(tc.judge).Authenticate(t.Context(), tc.request)
			if p.UserID != tc.judge.principal.UserID || !errors.Is(err, tc.judge.err) {
				t.Errorf("the answer changed: %v %v", p, err)
			}
			for labels, counter := range a.count {
				want := 0.0
				if labels == (authentication{tc.kind, tc.result}) {
					want = 1
				}
				if got := testutil.ToFloat64(counter); got != want {
					t.Errorf("%+v: %v, want %v", labels, got, want)
				}
			}
			if len(a.count) != before || before == 0 {
				t.Errorf("a client's scheme became a label: %d series, then %d", before, len(a.count))
			}
		})
	}
}
