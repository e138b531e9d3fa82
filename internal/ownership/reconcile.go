package ownership

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"extauthz/authz"
	"extauthz/authz/lookup"
	"extauthz/store"
)

// Run settles intents whose response did not come, until ctx is done. Intents of an earlier process are among them.
func (t *Tracker) Run(ctx context.Context) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		t.settleDue(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (t *Tracker) settleDue(ctx context.Context) {
	all, err := t.store.Intents(ctx)
	if err != nil {
		t.log.Error("cannot read intents", "error", err)
		return
	}
	slices.SortStableFunc(all, func(a, b store.Intent) int { // a rename waits for what is being created under its name
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind))
	})
	for _, i := range all {
		if t.now().Sub(i.At) < settleAfter {
			continue
		}
		if err := t.reconcile(ctx, i); err != nil && ctx.Err() == nil {
			t.log.Warn("an intent cannot be reconciled yet", "intent", i.ID, "kind", i.Kind, "resource", i.Resource.String(), "error", err)
		}
	}
}

// reconcile asks MLflow whether the change has happened. Not yet is no error: the request may still be under way, until the intent ends.
func (t *Tracker) reconcile(ctx context.Context, i store.Intent) error {
	happened, err := t.happened(ctx, &i)
	if err != nil {
		return err
	}
	if happened {
		t.log.Info("reconciled a change whose response never came back", "kind", i.Kind, "resource", i.Resource.String(), "user_id", i.UserID)
		err := t.applyOpen(ctx, i)
		if errors.Is(err, store.ErrNotFound) { // the user is gone
			return t.store.DeleteIntent(ctx, i.ID)
		}
		return err
	}
	if t.now().Sub(i.At) > lifetime {
		return t.store.DeleteIntent(ctx, i.ID)
	}
	return nil
}

// happened fills in the identifier that MLflow assigned, and whether it is a registered model or a prompt. What is older than the intent was
// made by somebody else, and so was, under a new name, what is younger; an experiment that has been renamed may have got its name after it was made.
func (t *Tracker) happened(ctx context.Context, i *store.Intent) (bool, error) {
	old, err := t.mlflow.Named(ctx, before(*i))
	if err != nil {
		return false, err
	}
	switch i.Kind {
	case store.IntentCreate:
		i.Resource.ID = old.ID
		if old.Exists {
			i.Resource.Kind = old.Kind
		}
		if i.Resource.Kind == authz.Workspace { // MLflow does not say when it was made; whoever did, its roles are the same
			return old.Exists, nil
		}
		return old.Exists && !old.Altered && !old.Created.Before(i.NotBefore), nil
	case store.IntentOvertaken:
		return !old.Exists, nil
	case store.IntentDelete:
		renamed, err := t.renamedAway(ctx, *i)
		return !remains(old, *i) && !renamed, err
	default:
		if open, err := t.toBeCreated(ctx, *i); open || err != nil {
			return false, err
		}
		now, err := t.mlflow.Named(ctx, renamed(*i))
		return !remains(old, *i) && remains(now, *i), err
	}
}

// remains reports whether what has a name may be what a rename or delete is about. What was made later is another thing.
func remains(now lookup.Named, i store.Intent) bool {
	return now.Exists && !now.Created.After(i.NotBefore)
}

// toBeCreated reports whether something is being created under the name that the rename is to give: what has it then may be that.
func (t *Tracker) toBeCreated(ctx context.Context, rename store.Intent) (bool, error) {
	pending, err := t.touching(ctx, rename)
	return slices.ContainsFunc(pending, func(other store.Intent) bool { return other.Kind == store.IntentCreate && other.Key() == rename.Name }), err
}

// renamedAway reports whether the thing that i is to delete is gone because it has got another name.
func (t *Tracker) renamedAway(ctx context.Context, i store.Intent) (bool, error) {
	pending, err := t.touching(ctx, i)
	if err != nil {
		return false, err
	}
	for _, other := range pending {
		if other.Kind != store.IntentRename || other.Key() != i.Key() {
			continue
		}
		if now, err := t.mlflow.Named(ctx, renamed(other)); err != nil || remains(now, other) {
			return true, err
		}
	}
	return false, nil
}
