package migrate

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"extauthz/authz/credential"
)

// verdict is what a password's hash is found to be.
type verdict uint8

const (
	fine verdict = iota
	known
	unreadable
)

// judge tries the passwords of MLflow's documentation on each hash. That takes about a tenth of a second for each, on every core there is.
func judge(ctx context.Context, o Options, persons []person) ([]verdict, error) {
	verdicts := make([]verdict, len(persons))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	var telling sync.Mutex
	done := 0
	for i, p := range persons {
		g.Go(func() (err error) {
			verdicts[i], err = verdictOn(ctx, o.Passwords, p.hash)
			telling.Lock()
			defer telling.Unlock()
			if done++; o.Progress != nil && err == nil {
				o.Progress(done, len(persons))
			}
			return err
		})
	}
	return verdicts, g.Wait()
}

func verdictOn(ctx context.Context, passwords Passwords, hash string) (verdict, error) {
	if hash == "" {
		return fine, nil
	}
	for _, password := range credential.DefaultPasswords() {
		fits, err := passwords.Verify(ctx, hash, password)
		switch {
		case errors.Is(err, credential.ErrMalformedHash):
			return unreadable, nil
		case err != nil:
			return fine, err
		case fits:
			return known, nil
		}
	}
	return fine, nil
}

// passwords marks who has a password that MLflow's documentation gives, and drops hashes that nothing fits.
func (w *work) passwords(ctx context.Context) error {
	asked := w.asked()
	judged, err := judge(ctx, w.options, asked)
	for i, p := range asked {
		switch judged[i] {
		case known:
			p.change = true
			w.found(Changed, "user "+quote(p.is), "it has the password that MLflow's documentation gives to everybody", "carried over; the password must be changed before anything else")
		case unreadable:
			p.hash = ""
			w.found(Changed, "user "+quote(p.is), "the password's hash is of no kind that werkzeug writes", noPassword)
		}
		w.persons[p.id] = p
	}
	return err
}

const noPassword = "carried over; nobody can sign in with a password until one is set"

// asked are the people whose passwords would be new to the store. Of those who have one there it stays.
func (w *work) asked() (asked []person) {
	for _, id := range slices.Sorted(maps.Keys(w.persons)) {
		p := w.persons[id]
		u, there := w.there.users[p.is]
		switch {
		case p.hash == "" && !there:
			w.found(Changed, "user "+quote(p.is), "it has no password", noPassword)
		case !there, w.options.Replace && u.PasswordHash != p.hash:
			asked = append(asked, p)
		}
	}
	return asked
}
