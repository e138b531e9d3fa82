package app

import (
	"context"
	"log/slog"
	"time"

	"extauthz/authz/credential"
	"extauthz/store"
)

// resembleInterval is how soon unknown names take the time of accounts that were imported meanwhile.
const resembleInterval = time.Minute

// resemble keeps the authenticator told of what hashes there are, so that an unknown name is refused in the time of some account.
func resemble(ctx context.Context, s store.Store, basic *credential.Basic, log *slog.Logger) {
	ticker := time.NewTicker(resembleInterval)
	defer ticker.Stop()
	var told uint64 // the revision whose accounts it knows
	for {
		revision, err := s.Revision(ctx) // before the accounts: what is written meanwhile is read the next time
		if err == nil && revision != told {
			if err = resembleNow(ctx, s, basic); err == nil {
				told = revision
			}
		}
		if err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "unknown names may be told from accounts by the time of a refusal", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func resembleNow(ctx context.Context, s store.Store, basic *credential.Basic) error {
	var failure error
	basic.Resemble(func(yield func(string) bool) {
		for u, err := range s.Users(ctx) {
			if failure = err; err != nil || !yield(u.PasswordHash) {
				return
			}
		}
	})
	return failure
}
