package sigv4

import (
	"bytes"
	"context"
	"crypto/subtle"
	"strings"
	"sync"

	"github.com/maypok86/otter/v2"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// SessionTokenHeader carries the session token of a temporary key. It is a secret, and nothing that MLflow should see.
const SessionTokenHeader = "x-amz-security-token"

// Authenticator accepts signed requests. It implements credential.Scheme. Make it with New.
type Authenticator struct {
	config  Config
	nobody  Key
	signers *otter.Cache[string, *signer] // by the Credential of the header: key id, day, region, service
	derive  func(id string, sealed []byte, s signature) (*signer, error)
	replays *replays
	drafts  sync.Pool // of *draft
}

// New fails on a configuration that could not authenticate anybody.
func New(c Config) (*Authenticator, error) {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, err
	}
	signers, err := otter.New(&otter.Options[string, *signer]{MaximumSize: c.Remember})
	if err != nil {
		return nil, err
	}
	secret := NewKey()
	secret.ID = nobody
	return &Authenticator{
		config: c, nobody: Key{Sealed: c.Sealer.Seal(secret)}, signers: signers, derive: c.Sealer.signer,
		replays: newReplays(c.Writes, c.Skew), drafts: sync.Pool{New: func() any { return new(draft) }},
	}, nil
}

// Presents reports whether the Authorization header has the scheme of signatures.
func (a *Authenticator) Presents(r authz.Request) bool {
	value, ok := r.Headers.One("authorization")
	name, _, _ := strings.Cut(value, " ")
	return ok && strings.EqualFold(name, scheme)
}

// Authenticate checks the signature, and then what it says. Whatever does not fit is the one 401 of package credential.
func (a *Authenticator) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	s, err := a.read(r)
	if err != nil {
		return authz.Principal{}, credential.Unauthenticated(err)
	}
	key, err := a.find(ctx, s.keyID)
	if err != nil {
		return authz.Principal{}, err
	}
	with, err := a.verify(s, r, key)
	if err == nil {
		err = a.admit(s, r, key, with.session)
	}
	if err != nil {
		return authz.Principal{}, credential.Tried(key.Principal.Username, err)
	}
	a.config.Used(key.Principal)
	return key.Principal, nil
}

// verify returns what made the signature. Who fails always pays for the derivation of a signing key, whether the access key is in use, idle
// or not there, so that the time to answer tells nobody which.
func (a *Authenticator) verify(s signed, r authz.Request, key Key) (*signer, error) {
	with, remembered := a.signers.GetIfPresent(s.credential)
	if remembered = remembered && bytes.Equal(with.sealed, key.Sealed); !remembered {
		var err error
		if with, err = a.derived(s, key); err != nil {
			return nil, err
		}
	}
	switch {
	case !a.fits(with, s, r):
		if remembered {
			_, _ = a.derived(s, key)
		}
		return nil, credential.Unauthenticated(credential.ErrWrong)
	case !remembered:
		a.signers.Set(strings.Clone(s.credential), with)
	}
	return with, nil
}

func (a *Authenticator) derived(s signed, key Key) (*signer, error) {
	id := s.keyID
	if !key.Principal.Known() {
		id = nobody
	}
	with, err := a.derive(id, key.Sealed, s.signature)
	if err != nil {
		return nil, credential.Unreadable(err)
	}
	return with, nil
}

// admit judges a request that its key has signed.
func (a *Authenticator) admit(s signed, r authz.Request, key Key, session string) error {
	now := a.config.Now()
	for _, err := range []error{key.live(now, session), ofSession(r, session), a.body(s, r)} {
		if err != nil {
			return credential.Unauthenticated(err)
		}
	}
	if !writes(r.Method) {
		return nil
	}
	err := a.replays.first(s.sum, key.Principal.UserID, s.at.Add(a.config.Skew), now)
	if err != nil && a.config.Reads(r) {
		return nil
	}
	return err
}

// ofSession compares the session token, which is signed with the other x-amz- headers.
func ofSession(r authz.Request, session string) error {
	token, present := r.Headers.One(SessionTokenHeader) // covers has refused a repeated one
	if present != (session != "") || subtle.ConstantTimeCompare([]byte(token), []byte(session)) == 0 {
		return wrong("the session token is not the key's")
	}
	return nil
}

// Forget lets a write that was accepted be sent again, because it was refused afterwards (429, 503) and never reached MLflow: MLflow's client
// repeats it with the signature that it has.
func (a *Authenticator) Forget(r authz.Request) {
	if s, err := a.read(r); err == nil {
		a.replays.undo(s.sum, s.at.Add(a.config.Skew))
	}
}

func writes(method string) bool { return method != "GET" && method != "HEAD" }

var _ credential.Scheme = (*Authenticator)(nil)
