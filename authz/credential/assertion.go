package credential

import (
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/go-json-experiment/json"
	"golang.org/x/crypto/chacha20poly1305"

	"extauthz/authz"
)

// PrincipalHeader tells this service's own HTTP endpoints whom the check has authenticated. Whatever proved it (a signature that holds once, a
// certificate that Envoy saw) need not be proved again there, and the credential itself stays behind.
const PrincipalHeader = "x-extauthz-principal"

// assertionLife is how long the request may take from the check to the endpoint.
const assertionLife = time.Minute

// Assertions seal who a request comes from, for the way from the check to this service's own endpoints. Only who knows the secret can make or
// read one, and one holds for one method, one request id and a minute. It implements Scheme. Make it with NewAssertions.
type Assertions struct {
	aead     cipher.AEAD
	accounts AccountsByID
	now      func() time.Time
}

// AccountsByID finds the account with an id. It returns ErrNoAccount when there is none that can sign in.
type AccountsByID interface {
	AccountByID(ctx context.Context, id uint64) (Account, error)
}

// assertion is what is sealed. What can change (admin, the roles that the store assigns) is read anew.
type assertion struct {
	UserID       uint64
	CredentialID uint64
	Method       authz.Method
	Scope        *authz.Scope
	Roles        []uint64 // by an identity provider's groups
	Default      authz.Permission
	Verb, ID     string // of the request
	At           time.Time
}

// NewAssertions derives the key from a secret that all replicas share. Without one it is random, and only this process believes itself.
func NewAssertions(secret []byte, accounts AccountsByID, now func() time.Time) (*Assertions, error) {
	if len(secret) == 0 {
		secret = randomBytes(sha256.Size)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "extauthz: asserted principals, version 1", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(key)
	return &Assertions{aead, accounts, now}, err
}

// Assert seals the principal of a request. The request must have an id, which Envoy gives it.
func (a *Assertions) Assert(p authz.Principal, r authz.Request) (string, error) {
	text, err := json.Marshal(assertion{
		UserID: p.UserID, CredentialID: p.CredentialID, Method: p.Method, Scope: p.Scope, Roles: p.Roles, Default: p.Default,
		Verb: r.Method, ID: r.ID, At: a.now(),
	})
	if err != nil || r.ID == "" {
		return "", errors.Join(err, errors.New("a request without an id"))
	}
	nonce := make([]byte, a.aead.NonceSize(), a.aead.NonceSize()+len(text)+a.aead.Overhead())
	rand.Read(nonce) // never fails: it stops the process instead
	return base64.RawURLEncoding.EncodeToString(a.aead.Seal(nonce, nonce, text, nil)), nil
}

// Presents reports whether the request carries an assertion.
func (a *Assertions) Presents(r authz.Request) bool { return r.Headers.Has(PrincipalHeader) }

// Authenticate believes an assertion about this very request. The account is read anew, so a deleted user or a demoted admin is that at once.
func (a *Assertions) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	said, err := a.open(r)
	if err != nil {
		return authz.Principal{}, Unauthenticated(err)
	}
	account, err := a.accounts.AccountByID(ctx, said.UserID)
	switch {
	case errors.Is(err, ErrNoAccount):
		return authz.Principal{}, Unauthenticated(ErrWrong)
	case err != nil:
		return authz.Principal{}, Unreadable(err)
	}
	p := account.Principal
	p.CredentialID, p.Method, p.Scope = said.CredentialID, said.Method, said.Scope
	if said.Method == authz.ByJWT { // its groups come from the identity provider
		p.Roles, p.Default = said.Roles, said.Default
	}
	return p, nil
}

func (a *Assertions) open(r authz.Request) (said assertion, err error) {
	value, _ := r.Headers.One(PrincipalHeader)
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(value)
	if err != nil || len(sealed) < a.aead.NonceSize() {
		return said, malformed("not an assertion")
	}
	text, err := a.aead.Open(nil, sealed[:a.aead.NonceSize()], sealed[a.aead.NonceSize():], nil)
	if err != nil {
		return said, ErrWrong
	}
	if err := json.Unmarshal(text, &said, json.RejectUnknownMembers(true)); err != nil {
		return said, ErrWrong
	}
	switch age := a.now().Sub(said.At); {
	case said.Verb != r.Method || said.ID == "" || said.ID != r.ID:
		return said, ErrReplayed
	case age > assertionLife || age < -assertionLife:
		return said, ErrExpired
	default:
		return said, nil
	}
}
