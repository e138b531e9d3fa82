package ownership

import (
	"context"

	"extauthz/authz"
	"extauthz/store"
)

// takeName settles what else is open on the name that i has given: that MLflow did so proves that the name was free, so that the others are
// about something that is gone. None of them may carry away the grants of what is there now, nor claim it.
func (t *Tracker) takeName(ctx context.Context, i store.Intent) error {
	name := i.Key()
	switch i.Kind {
	case store.IntentCreate:
	case store.IntentRename:
		name = i.Name
	default:
		return nil
	}
	pending, err := t.touching(ctx, i)
	if err != nil {
		return err
	}
	for _, other := range pending {
		if other.ID == i.ID || other.UserID == i.UserID && same(other, i) { // apply closes those
			continue
		}
		if err := t.giveWay(ctx, other, name, i.UserID); err != nil {
			return err
		}
	}
	return nil
}

// giveWay settles one of them. A delete stays open, and forgets only what MLflow does not have. A rename to another name was carried out if what
// has that is old enough. If not, its user's own goes on waiting. What was to give the same name lost.
func (t *Tracker) giveWay(ctx context.Context, other store.Intent, name string, taker uint64) error {
	switch {
	case other.Kind == store.IntentOvertaken, other.Key() != name && other.Name != name:
		return nil
	case other.Kind == store.IntentDelete:
		other.Kind = store.IntentOvertaken
		return t.store.PutIntent(ctx, other)
	case other.Kind == store.IntentCreate:
		return t.store.DeleteIntent(ctx, other.ID)
	case other.Name == name:
		return t.lost(ctx, other)
	case t.carried(ctx, other):
		return t.apply(ctx, other)
	case other.UserID == taker:
		return nil
	default:
		return t.store.DeleteIntent(ctx, other.ID)
	}
}

// lost closes a rename whose new name is something else's. It never happened, or that is renamed again or deleted: then no grant may stay on the
// old name.
func (t *Tracker) lost(ctx context.Context, rename store.Intent) error {
	if t.gone(ctx, before(rename)) {
		if err := t.store.Forget(ctx, before(rename)); err != nil {
			return err
		}
	}
	return t.store.DeleteIntent(ctx, rename.ID)
}

// carried reports whether the rename has been carried out, as far as its new name tells.
func (t *Tracker) carried(ctx context.Context, rename store.Intent) bool {
	now, err := t.mlflow.Named(ctx, renamed(rename))
	return err == nil && remains(now, rename)
}

// gone reports what MLflow says does not exist, and nothing when it does not answer.
func (t *Tracker) gone(ctx context.Context, r authz.Resource) bool {
	old, err := t.mlflow.Named(ctx, r)
	return err == nil && !old.Exists
}
