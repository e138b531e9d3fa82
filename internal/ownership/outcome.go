package ownership

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"

	"extauthz/authz"
	"extauthz/store"
)

// Outcome is MLflow's response to a create, rename or delete.
type Outcome struct {
	IntentID string // "" when none was recorded
	Response authz.Response
	UserID   uint64
	Subject  authz.Subject
	Status   int
	// Created is the identifier that MLflow assigned; "" when the request named it.
	Created string
}

// Settle changes the grants as the response says, before the caller sees it. A response of 5xx, or of no known status, leaves the intent to
// be reconciled. An error means that the grants could not be changed now; the intent stays and Run tries again.
func (t *Tracker) Settle(ctx context.Context, o Outcome) error {
	switch {
	case o.Status < 200 || o.Status >= 500:
		return nil
	case o.Status >= 300:
		return t.store.DeleteIntent(ctx, o.IntentID)
	}
	if o.Created != "" {
		o.Subject.Resource.ID = o.Created
	}
	i := store.Intent{ID: o.IntentID, Kind: kindOf[o.Response], UserID: o.UserID, Resource: o.Subject.Resource, Name: o.Subject.Name}
	if i.ID == "" {
		return t.applyUnrecorded(ctx, i)
	}
	err := t.applyOpen(ctx, i)
	if errors.Is(err, errOvertaken) {
		return t.settleOvertaken(ctx, i)
	}
	return err
}

// settleOvertaken settles a delete that was carried out before or after another thing took the name: MLflow tells which.
func (t *Tracker) settleOvertaken(ctx context.Context, i store.Intent) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, err := t.mlflow.Named(ctx, before(i))
	if err != nil {
		return err
	}
	if !old.Exists {
		if err := t.change(ctx, i); err != nil {
			return err
		}
	}
	return t.store.DeleteIntent(ctx, i.ID)
}

// applyUnrecorded applies a change that MLflow was expected to refuse. A delete, and a rename of what another user has something open on, becomes
// an intent and waits for that. What has been renamed is nobody's if its grants cannot be told from those on what has its old name by now.
func (t *Tracker) applyUnrecorded(ctx context.Context, i store.Intent) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.takeName(ctx, i); err != nil {
		return err
	}
	switch {
	case i.Kind == store.IntentRename && !t.gone(ctx, before(i)):
		return t.store.Forget(ctx, renamed(i))
	case i.Kind == store.IntentCreate && t.gone(ctx, before(i)):
		i.Kind = store.IntentDelete // which has happened since
		return t.change(ctx, i)
	}
	pending, err := t.touching(ctx, i)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(pending, func(other store.Intent) bool { return waitsFor(i, other) }) {
		return t.conclude(ctx, i)
	}
	i.ID, i.At = rand.Text(), t.now()
	if i.Kind == store.IntentRename {
		i.NotBefore = i.At
		if err := t.store.Forget(ctx, renamed(i)); err != nil {
			return err
		}
	}
	return t.store.PutIntent(ctx, i)
}

// errOvertaken: the name may be another thing's by now.
var errOvertaken = errors.New("the intent has been overtaken")

// applyOpen applies an intent that is still open, unless another user's older one has to go first. One that is closed has been applied
// already, and what it was about may by now have been granted on or given to somebody else. errOvertaken for a delete to which that has happened.
func (t *Tracker) applyOpen(ctx context.Context, i store.Intent) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	all, err := t.store.Intents(ctx)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID == i.ID && other.Kind != i.Kind {
			return errOvertaken
		}
		if other.ID == i.ID {
			return t.apply(ctx, i)
		}
		if other.Touches(i) && waitsFor(i, other) {
			return nil
		}
	}
	if i.Kind == store.IntentDelete {
		return errOvertaken
	}
	return nil
}

// waitsFor reports whether an intent on the same names has to be settled before i.
func waitsFor(i, other store.Intent) bool {
	return other.UserID != i.UserID && other.Kind != store.IntentOvertaken
}

// apply makes the grants what the intent's success means, and closes it together with the user's other intents to do the same: they lost
// against this one.
func (t *Tracker) apply(ctx context.Context, i store.Intent) error {
	if err := t.takeName(ctx, i); err != nil {
		return err
	}
	return t.conclude(ctx, i)
}

// conclude is apply once the name has been taken.
func (t *Tracker) conclude(ctx context.Context, i store.Intent) error {
	if err := t.change(ctx, i); err != nil {
		return err
	}
	all, err := t.store.Intents(ctx)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID != i.ID && (other.UserID != i.UserID || !same(other, i)) {
			continue
		}
		if err := t.store.DeleteIntent(ctx, other.ID); err != nil {
			return err
		}
	}
	return nil
}

// same reports two tries of one change. Two deletes are two: the second may be of another thing.
func same(a, b store.Intent) bool {
	return a.Kind == b.Kind && a.Kind != store.IntentDelete && a.Touches(b) && a.Key() == b.Key() && a.Name == b.Name
}

func (t *Tracker) change(ctx context.Context, i store.Intent) error {
	switch i.Kind {
	case store.IntentCreate:
		if i.Resource.Kind == authz.Workspace {
			return t.seed(ctx, i.Resource.ID)
		}
		return t.store.Own(ctx, i.Resource, i.UserID)
	case store.IntentRename:
		return t.store.Move(ctx, i.Resource, renamed(i))
	default:
		if i.Resource.Kind == authz.Workspace {
			return t.store.ForgetWorkspace(ctx, i.Resource.ID)
		}
		return t.store.Forget(ctx, i.Resource)
	}
}

// Unsettled logs that a response could not be settled; Run goes on trying.
func (t *Tracker) Unsettled(ctx context.Context, intentID string, err error) {
	t.log.ErrorContext(ctx, "grants could not follow a change of MLflow yet", "intent", intentID, "error", err)
}
