package signin

import (
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/store"
)

// refused notes a credential that was refused, if it is one that failed.
func (o *Recorder) refused(r authz.Request, err error) {
	if outcome, is := failed(err); is {
		o.add(failure{actor: actorOf(r), tried: bounded(credential.TriedName(err)), kind: kindOf(r), outcome: outcome})
	}
}

// ProofRefused notes that somebody who is signed in as username could not prove it again: a session or token in the wrong hands looks like that.
func (o *Recorder) ProofRefused(ctx context.Context, username string, err error) {
	if outcome, is := failed(err); is {
		o.add(failure{actor: store.ActorOf(ctx), tried: bounded(username), kind: "current_password", outcome: outcome})
	}
}

// add waits for nothing but the lock.
func (o *Recorder) add(f failure) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f.at = o.now()
	if len(o.queue) >= Burst || !o.limit.AllowN(f.at, 1) {
		o.missed++
		o.unlisted()
		return
	}
	o.queue = append(o.queue, f)
}

// take empties the queue. The number of the others is taken when it is time to tell it.
func (o *Recorder) take(last bool) (all []failure, missed int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	all, o.queue = o.queue, nil
	if o.missed > 0 && (last || o.now().Sub(o.counted) >= countEvery) {
		missed, o.missed, o.counted = o.missed, 0, o.now()
	}
	return all, missed
}

// Flush writes down what was noted since the last time.
func (o *Recorder) Flush(ctx context.Context) { o.flush(ctx, false) }

// flush tells at last how many others there were. What cannot be written is one more of them.
func (o *Recorder) flush(ctx context.Context, last bool) {
	all, missed := o.take(last)
	if len(all) == 0 && missed == 0 {
		return
	}
	err := o.trail.AppendAudit(ctx, o.records(ctx, all, missed)...)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil {
		o.missed += missed + len(all)
		for range all {
			o.unlisted()
		}
	}
	if err != nil && !o.failing {
		o.log.WarnContext(ctx, "failed sign-ins cannot be written to the audit trail, and are counted only", "error", err)
	}
	o.failing = err != nil
}

func (o *Recorder) records(ctx context.Context, all []failure, missed int) []store.Audit {
	known := map[string]bool{"": false}
	records := make([]store.Audit, 0, len(all)+1)
	for _, f := range all {
		if _, asked := known[f.tried]; !asked {
			known[f.tried] = o.exists(ctx, f.tried)
		}
		records = append(records, f.record(known[f.tried]))
	}
	if missed > 0 {
		records = append(records, others(missed))
	}
	return records
}

// exists is also true of a user who is disabled. A store that cannot be read knows nobody.
func (o *Recorder) exists(ctx context.Context, username string) bool {
	_, err := o.trail.UserByName(ctx, username)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		o.log.WarnContext(ctx, "whether a failed sign-in was a user's is not known", "error", err)
	}
	return err == nil
}
