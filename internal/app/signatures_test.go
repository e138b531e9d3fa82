package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/sigv4"
	"extauthz/authz/credential/sigv4/sigv4test"
)

// oneKey is the only access key that there is.
type oneKey sigv4.Key

func (k oneKey) AccessKey(context.Context, string) (sigv4.Key, error) { return sigv4.Key(k), nil }

// refusing refuses for the moment, whoever asks.
type refusing struct{ header string }

func (r refusing) Authorize(context.Context, authz.Request) authz.Decision {
	return authz.Decision{Reason: authz.LookupFailed, Principal: authz.Principal{UserID: 2, Method: authz.BySignature, Header: r.header}}
}

// TestForgivenIsOnlyWhatWasProved: on a gateway route, Authorization is not what was verified. Somebody else's signature that was seen before could
// stand there, to be sent once more.
func TestForgivenIsOnlyWhatWasProved(t *testing.T) {
	sealer, err := newSealer("a secret of at least thirty-two bytes")
	if err != nil {
		t.Fatal(err)
	}
	key := sigv4.NewKey()
	a, err := sigv4.New(sigv4.Config{Sealer: sealer, Keys: oneKey{Principal: authz.Principal{UserID: 1}, Sealed: sealer.Seal(key)}})
	if err != nil {
		t.Fatal(err)
	}
	r := authz.Request{Method: "POST", Target: "/gateway/e/mlflow/invocations", Host: "mlflow.example", Headers: authz.Headers{}, Body: []byte("{}")}
	sigv4test.Sign(r, key.ID, key.Secret, sigv4test.At(time.Now()))
	if _, err := a.Authenticate(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		header   string
		replayed bool
	}{{"x-mlflow-authorization", true}, {"", false}} {
		forgiving{refusing{c.header}, &signatures{a, sealer}}.Authorize(t.Context(), r)
		if _, err := a.Authenticate(t.Context(), r); replayed(err) != c.replayed {
			t.Errorf("after a 503 to a credential in %q: %v", c.header, err)
		}
	}
}

func replayed(err error) bool {
	refusal, ok := errors.AsType[*authz.Refusal](err)
	return ok && errors.Is(refusal.Cause, credential.ErrReplayed)
}
