package ownership

import (
	"context"

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

// Settle changes the grants as the response says, before the caller sees it. A response of 5xx leaves the intent to be reconciled.
// An error means that the grants could not be changed now; the intent stays and Run tries again.
func (t *Tracker) Settle(ctx context.Context, o Outcome) error {
	switch {
	case o.Status >= 500:
		return nil
	case o.Status >= 300:
		return t.store.DeleteIntent(ctx, o.IntentID)
	}
	if o.Created != "" {
		o.Subject.Resource.ID = o.Created
	}
	i := store.Intent{ID: o.IntentID, Kind: kindOf[o.Response], UserID: o.UserID, Resource: o.Subject.Resource, Name: o.Subject.Name}
	return t.apply(ctx, i)
}

// apply makes the grants what the intent's success means, and closes it together with the user's other intents on the same name: they
// lost against this one.
func (t *Tracker) apply(ctx context.Context, i store.Intent) error {
	if err := t.change(ctx, i); err != nil {
		return err
	}
	all, err := t.store.Intents(ctx)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID == i.ID || other.Kind == i.Kind && other.UserID == i.UserID && other.Touches(i) {
			if err := t.store.DeleteIntent(ctx, other.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *Tracker) change(ctx context.Context, i store.Intent) error {
	switch i.Kind {
	case store.IntentCreate:
		return t.store.Own(ctx, i.Resource, i.UserID)
	case store.IntentRename:
		to := i.Resource
		to.ID = i.Name
		return t.store.Move(ctx, i.Resource, to)
	default:
		return t.store.Forget(ctx, i.Resource)
	}
}

// Unsettled logs that a response could not be settled; Run goes on trying.
func (t *Tracker) Unsettled(ctx context.Context, intentID string, err error) {
	t.log.ErrorContext(ctx, "grants could not follow a change of MLflow yet", "intent", intentID, "error", err)
}
