package credential

import (
	"context"
	"errors"
	"fmt"
	"time"

	"extauthz/authz"
)

// Tokens finds what tokens stand for. It is read on every request, so it must be cheap and must never be stale.
type Tokens interface {
	// Token returns ErrNoAccount when no token has that digest, or its user cannot sign in. Any other error refuses with 503.
	Token(ctx context.Context, digest TokenDigest) (Issued, error)
}

// Issued is a credential that this service gave out.
type Issued struct {
	Principal authz.Principal // with the credential's scope and id
	ExpiresAt time.Time       // zero: never
}

// Bearer authenticates this service's own tokens: "Authorization: Bearer mlfp_…", as MLflow's client sends MLFLOW_TRACKING_TOKEN. All fields
// are required.
type Bearer struct {
	Tokens Tokens
	Now    func() time.Time
	// Used is told of every token that was accepted.
	Used func(authz.Principal)
}

// Presents reports whether the request carries a bearer token that looks like one of this service's.
func (b *Bearer) Presents(r authz.Request) bool {
	token, ok := BearerToken(r.Headers)
	return ok && len(token) >= len(tokenPrefix) && token[:len(tokenPrefix)] == tokenPrefix
}

// Authenticate accepts a live token. A wrong one costs a digest and a look into the store, and is not worth guessing; see Limits.
func (b *Bearer) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	token, ok := BearerToken(r.Headers)
	if !ok {
		return authz.Principal{}, Unauthenticated(fmt.Errorf("%w: no bearer token", ErrMalformed))
	}
	return b.accept(ctx, token)
}

func (b *Bearer) accept(ctx context.Context, token string) (authz.Principal, error) {
	digest, err := ParseToken(token)
	if err != nil {
		return authz.Principal{}, Unauthenticated(err)
	}
	issued, err := b.Tokens.Token(ctx, digest)
	switch {
	case errors.Is(err, ErrNoAccount):
		return authz.Principal{}, Unauthenticated(ErrWrong)
	case err != nil:
		return authz.Principal{}, Unreadable(err)
	case !issued.Principal.Known():
		return authz.Principal{}, Unreadable(errors.New("a token stands for nobody"))
	case issued.expired(b.Now()):
		return authz.Principal{}, Tried(issued.Principal.Username, Unauthenticated(ErrExpired))
	}
	b.Used(issued.Principal)
	return issued.Principal, nil
}

func (i Issued) expired(now time.Time) bool { return !i.ExpiresAt.IsZero() && !now.Before(i.ExpiresAt) }

var _ authz.Authenticator = (*Bearer)(nil)
