package credentialtest

import (
	"context"
	"slices"
	"sync"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// World has the accounts that credentials belong to, and a clock that stands still. It serves every look-up of package credential. Alice is a
// user and root an admin; mallory is another user.
type World struct {
	mu       sync.Mutex
	now      time.Time
	down     error
	accounts []account
	tokens   map[credential.TokenDigest]credential.Issued
}

type account struct {
	credential.Account
	disabled bool
}

// NewWorld has no password hashes yet; see SetPasswordHash.
func NewWorld() *World {
	w := &World{now: time.Unix(1_790_000_000, 0).UTC(), tokens: map[credential.TokenDigest]credential.Issued{}}
	for i, p := range []authz.Principal{{Username: "root", Admin: true}, {Username: "alice", Roles: []uint64{40}}, {Username: "mallory"}} {
		p.UserID = uint64(i + 1)
		w.accounts = append(w.accounts, account{Account: credential.Account{Principal: p}})
	}
	return w
}

// Now is the clock.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Advance moves the clock.
func (w *World) Advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Fail makes every look-up fail; nil mends them.
func (w *World) Fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = err
}

// Account implements credential.Accounts.
func (w *World) Account(_ context.Context, username string) (credential.Account, error) {
	return w.find(func(a account) bool { return a.Principal.Username == username })
}

// AccountByID implements credential.AccountsByID.
func (w *World) AccountByID(_ context.Context, id uint64) (credential.Account, error) {
	return w.find(func(a account) bool { return a.Principal.UserID == id })
}

// Token implements credential.Tokens.
func (w *World) Token(ctx context.Context, digest credential.TokenDigest) (credential.Issued, error) {
	w.mu.Lock()
	issued, ok := w.tokens[digest]
	err := w.down
	w.mu.Unlock()
	if err != nil || !ok {
		return credential.Issued{}, orNoAccount(err)
	}
	a, err := w.AccountByID(ctx, issued.Principal.UserID)
	p := a.Principal
	p.Method, p.CredentialID, p.Scope = authz.ByToken, issued.Principal.CredentialID, issued.Principal.Scope
	issued.Principal = p
	return issued, err
}

func orNoAccount(err error) error {
	if err == nil {
		return credential.ErrNoAccount
	}
	return err
}

func (w *World) find(is func(account) bool) (credential.Account, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.accounts, is)
	if w.down != nil || i < 0 || w.accounts[i].disabled {
		return credential.Account{}, orNoAccount(w.down)
	}
	return w.accounts[i].Account, nil
}

// ID is a user's.
func (w *World) ID(username string) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.accounts {
		if a.Principal.Username == username {
			return a.Principal.UserID
		}
	}
	return 0
}

// IssueToken gives a user a token.
func (w *World) IssueToken(username string, change ...func(*credential.Issued)) string {
	token, digest := credential.NewToken()
	issued := credential.Issued{Principal: authz.Principal{UserID: w.ID(username), CredentialID: 1000 + w.ID(username)}}
	for _, c := range change {
		c(&issued)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tokens[digest] = issued
	return token
}

// RevokeTokens revokes all of them.
func (w *World) RevokeTokens() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.tokens)
}

// SetPasswordHash changes a user's stored hash.
func (w *World) SetPasswordHash(username, hash string) {
	w.change(username, func(a *account) { a.PasswordHash = hash })
}

func (w *World) disable(username string, disabled bool) {
	w.change(username, func(a *account) { a.disabled = disabled })
}

func (w *World) rename(from, to string) {
	w.change(from, func(a *account) { a.Principal.Username = to })
}

func (w *World) remove(username string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.accounts = slices.DeleteFunc(w.accounts, func(a account) bool { return a.Principal.Username == username })
}

func (w *World) change(username string, change func(*account)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.accounts {
		if w.accounts[i].Principal.Username == username {
			change(&w.accounts[i])
			return
		}
	}
}
