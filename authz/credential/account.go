package credential

import (
	"context"
	"errors"
	"fmt"

	"extauthz/authz"
)

// Accounts finds the account that a username names. It is read on every request, so it must be cheap and must never be stale.
type Accounts interface {
	// Account returns ErrNoAccount when nobody has that username, compared byte for byte. Any other error refuses with 503.
	Account(ctx context.Context, username string) (Account, error)
}

// Account is what a credential is checked against.
type Account struct {
	Principal    authz.Principal
	PasswordHash string // as Hasher.Hash or werkzeug wrote it; "" has no password and cannot log in with one
}

func (a Account) byPassword() authz.Principal {
	p := a.Principal
	p.Method = authz.ByPassword
	return p
}

// ErrNoAccount says that nobody can sign in so: there is no such account, or it is disabled.
var ErrNoAccount = errors.New("no such account")

// readAccount reads the account of username. Nobody is the zero Account: from here on it differs from a real one only in that no
// password fits it.
func readAccount(ctx context.Context, accounts Accounts, username string) (Account, error) {
	a, err := accounts.Account(ctx, username)
	if err == nil && !a.Principal.Known() {
		err = fmt.Errorf("account %q has no user id", username)
	}
	switch {
	case errors.Is(err, ErrNoAccount):
		return Account{}, nil
	case err != nil:
		return Account{}, Unreadable(err)
	default:
		return a, nil
	}
}

// Named is whom a credential of that kind names, once it is proved. Who cannot sign in is the one 401.
func Named(ctx context.Context, accounts Accounts, username string, m authz.Method) (authz.Principal, error) {
	a, err := readAccount(ctx, accounts, username)
	switch {
	case err != nil:
		return authz.Principal{}, err
	case !a.Principal.Known():
		return authz.Principal{}, Tried(username, Unauthenticated(ErrWrong))
	}
	a.Principal.Method = m
	return a.Principal, nil
}

// Unreadable is the 503 of a look-up that failed.
func Unreadable(cause error) error {
	return &authz.Refusal{Reason: authz.StoreFailed, Text: "The user accounts cannot be read at the moment; try again.", Cause: cause}
}
