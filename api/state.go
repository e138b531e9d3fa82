package api

import (
	"cmp"
	"context"
	"errors"

	"github.com/go-json-experiment/json/jsontext"

	"extauthz/store"
	"extauthz/store/state"
)

// The whole state at once, as a document: exported, and changed to be as one says.

// exporting asks for the state, with what people and programs prove themselves by only when it says so.
type exporting struct {
	Secrets truth `json:"secrets"`
	extra
}

// exportState is on record: whoever has the answer with secrets can be anybody.
func (o *operations) exportState(ctx context.Context, c caller, in exporting) (state.Document, error) {
	if err := cmp.Or(c.mustBeAdmin(), in.refuse()); err != nil {
		return state.Document{}, err
	}
	secrets, err := in.Secrets.on("secrets")
	if err != nil {
		return state.Document{}, err
	}
	is, err := o.store.Export(ctx)
	if err != nil {
		return state.Document{}, err
	}
	d, err := state.Of(is, secrets)
	if err != nil {
		return state.Document{}, badRequest("The state cannot be exported: %v.", err)
	}
	return d, o.record(ctx, store.StateExport, map[bool]string{true: `{"secrets":true}`, false: ""}[secrets])
}

// record notes what is no change, and whose absence would still be missed.
func (o *operations) record(ctx context.Context, action store.Action, after string) error {
	o.log.InfoContext(ctx, string(action), "by", store.ActorOf(ctx).Username, "what", after)
	return o.store.AppendAudit(ctx, store.Audit{Actor: store.ActorOf(ctx), Action: action, Target: "state", After: after})
}

// newState is a document, and what to do with it.
type newState struct {
	Document jsontext.Value `json:"document" api:"required,object"`
	// Prune removes what the document does not have, in the sections that it has.
	Prune bool `json:"prune"`
	// DryRun only says what would change.
	DryRun bool `json:"dry_run"`
	// Plan is the id of the changes that somebody has looked at and agreed to; others are not made. "" agrees to all.
	Plan string `json:"plan"`
	extra
}

// appliedState is what has changed, or would.
type appliedState struct {
	state.Plan
	Applied bool
}

// applyState makes the state what the document says: all of it, or nothing.
func (o *operations) applyState(ctx context.Context, c caller, in newState) (appliedState, error) {
	if err := cmp.Or(c.mustBeAdmin(), in.refuse(), required("document", string(in.Document))); err != nil {
		return appliedState{}, err
	}
	d, err := state.ParseJSON(in.Document)
	if err != nil {
		return appliedState{}, invalid("Invalid document: %v.", err)
	}
	o.creating.Lock()
	defer o.creating.Unlock()
	plan, err := o.planned(ctx, c, d, in.Prune)
	switch {
	case err != nil || in.DryRun:
		return appliedState{Plan: plan}, err
	case in.Plan != "" && in.Plan != plan.ID():
		return appliedState{}, conflict("The state has changed since, and with it what would change now. Look at the changes again.")
	}
	if err := o.store.Import(ctx, plan.Snapshot); err != nil {
		return appliedState{}, importFailure(err)
	}
	o.log.InfoContext(ctx, "state applied", "by", c.Username, "changes", len(plan.Changes), "pruned", in.Prune)
	return appliedState{plan, true}, nil
}

func (o *operations) planned(ctx context.Context, c caller, d state.Document, prune bool) (state.Plan, error) {
	is, err := o.store.Export(ctx)
	if err != nil {
		return state.Plan{}, err
	}
	plan, err := state.Compare(is, d, prune)
	if err != nil {
		return plan, invalid("Invalid document: %v.", err)
	}
	known := usersBySpelling(is, plan.Snapshot)
	for i := range plan.Snapshot.Users {
		if u := &plan.Snapshot.Users[i]; u.CreatedAt.IsZero() && !known.is[u.Username] {
			u.CreatedAt = o.now()
		}
	}
	return plan, checkPlan(c, is, plan.Snapshot, known)
}

func importFailure(err error) error {
	switch {
	case errors.Is(err, store.ErrLastAdmin):
		return badRequest("This would leave no admin who can sign in; nothing was changed.")
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		return invalid("Invalid document: %v; nothing was changed.", err)
	case errors.Is(err, store.ErrExists):
		return exists("A credential of the document is somebody else's already; nothing was changed.")
	default:
		return err
	}
}

func stateDocument(_ exporting, d state.Document) state.Document { return d }

type changesAnswer struct {
	Applied bool           `json:"applied"`
	Changes []state.Change `json:"changes"`
	Plan    string         `json:"plan"` // its id
}

func stateChanges(_ newState, a appliedState) changesAnswer {
	return changesAnswer{a.Applied, a.Changes, a.ID()}
}
