package sigv4

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/credentialtest"
	"extauthz/authz/credential/sigv4/sigv4test"
)

// stage is an Authenticator with a few keys, a clock that stands still, and a count of the signing keys that were derived.
type stage struct {
	*Authenticator
	world   *credentialtest.World
	sealer  *Sealer
	keys    map[string]Key
	clock   time.Time
	derived int

	alice AccessKey // a lasting key
}

const sealing = "the secret that seals in these tests"

func setStage(t testing.TB, change ...func(*Config)) *stage {
	t.Helper()
	return setStageIn(t, credentialtest.NewWorld(), change...)
}

func setStageIn(t testing.TB, w *credentialtest.World, change ...func(*Config)) *stage {
	t.Helper()
	s := &stage{world: w, keys: map[string]Key{}, clock: w.Now(), alice: NewKey()}
	var err error
	if s.sealer, err = NewSealer([]byte(sealing)); err != nil {
		t.Fatal(err)
	}
	c := Config{Keys: s, Sealer: s.sealer, Now: func() time.Time { return s.clock }}
	for _, f := range change {
		f(&c)
	}
	if s.Authenticator, err = New(c); err != nil {
		t.Fatal(err)
	}
	derive := s.derive
	s.derive = func(id string, sealed []byte, of signature) (*signer, error) {
		s.derived++
		return derive(id, sealed, of)
	}
	s.put(t, s.alice, "alice")
	return s
}

// put gives a user a key. A temporary one lasts an hour.
func (s *stage) put(t testing.TB, k AccessKey, username string, change ...func(*Key)) AccessKey {
	t.Helper()
	key := Key{Principal: authz.Principal{UserID: s.world.ID(username)}, Sealed: s.sealer.Seal(k)}
	if k.SessionToken != "" {
		key.ExpiresAt = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	for _, f := range change {
		f(&key)
	}
	s.keys[k.ID] = key
	return k
}

// AccessKey implements Keys on the world's accounts.
func (s *stage) AccessKey(ctx context.Context, id string) (Key, error) {
	key, ok := s.keys[id]
	if !ok {
		return Key{}, credential.ErrNoAccount
	}
	a, err := s.world.AccountByID(ctx, key.Principal.UserID)
	if err != nil {
		return Key{}, err
	}
	key.Principal = a.Principal
	key.Principal.Method, key.Principal.CredentialID = authz.BySignature, 3
	return key, nil
}

// expect sends the request and wants it accepted, or refused as every credential is.
func (s *stage) expect(t testing.TB, accepted bool, r authz.Request) {
	t.Helper()
	p, err := s.Authenticate(context.Background(), r)
	refusal, refused := errors.AsType[*authz.Refusal](err)
	switch {
	case accepted && (err != nil || p.Username != "alice" || p.Method != authz.BySignature):
		t.Errorf("taken for %+v: %v", p, err)
	case !accepted && (!refused || refusal.Reason != authz.Unauthenticated || p.Known()):
		t.Errorf("accepted as %+v: %v", p, err)
	}
}

// class sends the request, which must be refused for a reason of that class.
func (s *stage) class(t testing.TB, want error, r authz.Request) {
	t.Helper()
	if s.expect(t, false, r); !errors.Is(s.why(r), want) {
		t.Errorf("refused because of %v, want %v", s.why(r), want)
	}
}

func (s *stage) why(r authz.Request) error {
	_, err := s.Authenticate(context.Background(), r)
	return err
}

// order is a request to be signed. The signature is made here once more, in another way than the code under test does it.
type order struct {
	key             AccessKey
	method, target  string
	body            string
	at              time.Time
	region, service string
	names           []string // of the signed headers, beyond the three and the session token
	extra           map[string]string
	payload         string // in place of the body's hash
	day             string // in place of the date's
}

func (s *stage) sign(change ...func(*order)) authz.Request {
	o := order{
		key: s.alice, method: "POST", target: "/api/2.0/mlflow/runs/log-metric", body: `{"run_id":"a"}`, at: s.clock,
		region: "us-east-1", service: "execute-api", extra: map[string]string{},
	}
	for _, f := range change {
		f(&o)
	}
	return o.sign()
}

func (o order) sign() authz.Request {
	r := authz.Request{ID: "r-1", Method: o.method, Target: o.target, Host: "127.0.0.1", Headers: authz.Headers{}}
	if o.body != "" {
		r.Body = []byte(o.body)
	}
	date := o.at.UTC().Format(dateLayout)
	sum := sha256.Sum256(r.Body)
	headers := map[string]string{"x-amz-date": date, "x-amz-content-sha256": hex.EncodeToString(sum[:])}
	if o.payload != "" {
		headers["x-amz-content-sha256"] = o.payload
	}
	if o.key.SessionToken != "" {
		headers["x-amz-security-token"] = o.key.SessionToken
	}
	for name, value := range o.extra {
		headers[name] = value
	}
	names := append([]string{"host"}, o.names...)
	for name, value := range headers {
		r.Headers[name] = []string{value}
		names = append(names, name)
	}
	slices.Sort(names)
	day := date[:8]
	if o.day != "" {
		day = o.day
	}
	scope := sigv4test.Scope{Date: date, Day: day, Region: o.region, Service: o.service}
	r.Headers["authorization"] = []string{sigv4test.Authorization(r, o.key.ID, o.key.Secret, scope, slices.Compact(names))}
	return r
}
