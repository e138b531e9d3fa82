package sigv4

import (
	"context"
	"errors"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// Keys finds access keys. It is read on every request, so it must be cheap and must never be stale.
type Keys interface {
	// AccessKey returns credential.ErrNoAccount when there is no such key, or its user cannot sign in. Any other error refuses with 503.
	AccessKey(ctx context.Context, id string) (Key, error)
}

// Key is an access key as it is stored.
type Key struct {
	Principal authz.Principal // with the key's scope and id, and BySignature as its method
	Sealed    []byte          // the secret, as Sealer.Seal encrypted it
	ExpiresAt time.Time       // zero: never, which a key with a session token must not be
}

// nobody is an id that no key has.
const nobody = "nobody"

// find reads the key. A key that is not there is nobody's: from here on it differs from a real one only in that no signature fits it.
func (a *Authenticator) find(ctx context.Context, id string) (Key, error) {
	key, err := a.config.Keys.AccessKey(ctx, id)
	switch {
	case errors.Is(err, credential.ErrNoAccount):
		return a.nobody, nil
	case err == nil && !key.Principal.Known():
		err = errors.New("an access key is nobody's")
		fallthrough
	case err != nil:
		return Key{}, credential.Unreadable(err)
	default:
		return key, nil
	}
}

// live refuses a key that has expired. One with a session token has to expire some time.
func (k Key) live(now time.Time, session string) error {
	if k.ExpiresAt.IsZero() && session == "" || now.Before(k.ExpiresAt) {
		return nil
	}
	return credential.ErrExpired
}
