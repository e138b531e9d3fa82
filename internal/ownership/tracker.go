package ownership

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"extauthz/authz"
	"extauthz/authz/lookup"
	"extauthz/store"
)

const (
	settleAfter = 2 * time.Second // an ordinary response comes sooner
	lifetime    = 5 * time.Minute
	period      = time.Second
)

// Store is what a Tracker changes.
type Store interface {
	store.Intents
	Own(ctx context.Context, r authz.Resource, owner uint64) error
	Move(ctx context.Context, from, to authz.Resource) error
	Forget(ctx context.Context, r authz.Resource) error
	ForgetWorkspace(ctx context.Context, workspace string) error
	RoleByName(ctx context.Context, workspace, name string) (store.Role, error)
	Import(ctx context.Context, s store.Snapshot) error
}

// MLflow tells what a name stands for now.
type MLflow interface {
	Named(ctx context.Context, r authz.Resource) (lookup.Named, error)
}

// Tracker implements authz.Intents. Make it with New.
type Tracker struct {
	// BareWorkspaces leaves a new workspace without roles, as MLflow does with MLFLOW_RBAC_SEED_DEFAULT_ROLES=false.
	BareWorkspaces bool

	store  Store
	mlflow MLflow
	now    func() time.Time
	log    *slog.Logger
	mu     sync.Mutex // held while an intent is checked against the others and recorded, or found open and applied
}

var _ authz.Intents = (*Tracker)(nil)

// New makes a Tracker. Run has to be called for intents without a response to be settled.
func New(s Store, m MLflow, now func() time.Time, log *slog.Logger) *Tracker {
	return &Tracker{store: s, mlflow: m, now: now, log: log}
}

var kindOf = map[authz.Response]store.IntentKind{
	authz.Creates: store.IntentCreate, authz.Renames: store.IntentRename, authz.Deletes: store.IntentDelete,
}

// Begin records what the operation is about to do. What MLflow is going to refuse anyway needs no intent.
func (t *Tracker) Begin(ctx context.Context, p authz.Principal, op authz.Operation) (string, error) {
	i := store.Intent{
		ID: rand.Text(), Kind: kindOf[op.Response], UserID: p.UserID, Resource: op.Subject.Resource, Name: op.Subject.Name, At: t.now(),
	}
	if i.Resource.Kind == authz.Job {
		return "", nil // nothing by which MLflow could be asked for it: it belongs to whoever gets to see its id
	}
	if i.Kind == "" || i.Key() == "" {
		return "", errors.New("an intent without a kind or a name")
	}
	if err := t.clear(ctx, i); err != nil {
		return "", err
	}
	possible, notBefore, err := t.possible(ctx, i)
	if err != nil {
		return "", unanswered(err)
	}
	i.NotBefore = notBefore
	if err := t.record(ctx, i, possible); err != nil || !possible {
		return "", err
	}
	return t.confirm(ctx, i)
}

// confirm asks again, now that nobody else can begin: what others settled between the question and the record may have made the change
// impossible.
func (t *Tracker) confirm(ctx context.Context, i store.Intent) (string, error) {
	possible, _, err := t.possible(ctx, i)
	if err == nil && possible {
		return i.ID, nil
	}
	if err := t.store.DeleteIntent(ctx, i.ID); err != nil {
		return "", storeFailed(err)
	}
	if err != nil {
		return "", unanswered(err)
	}
	return "", nil
}

// possible tells whether MLflow can carry the change out, and the intent's NotBefore. An intent to do what cannot be done would later take
// somebody else's thing for its outcome: a rename to a name that exists, once the old one is deleted.
func (t *Tracker) possible(ctx context.Context, i store.Intent) (bool, time.Time, error) {
	old, err := t.mlflow.Named(ctx, before(i))
	switch {
	case i.Kind == store.IntentCreate:
		return !old.Exists, old.Asked, err
	case err != nil || i.Kind != store.IntentRename || !old.Exists:
		return old.Exists, old.Created, err
	}
	other, err := t.mlflow.Named(ctx, renamed(i))
	return !other.Exists, old.Created, err
}

// before is what the intent is about, with the name by which MLflow can be asked for it in the place of its id.
func before(i store.Intent) authz.Resource {
	i.Resource.ID = i.Key()
	return i.Resource
}

// renamed is what a rename makes of it.
func renamed(i store.Intent) authz.Resource {
	i.Resource.ID = i.Name
	return i.Resource
}

// clear settles what is under way on the same names, as far as MLflow already shows its outcome: that of others, and that of the user
// who tries again or goes on after a response was lost.
func (t *Tracker) clear(ctx context.Context, i store.Intent) error {
	pending, err := t.touching(ctx, i)
	if err != nil {
		return err
	}
	for _, other := range pending {
		if err := t.reconcile(ctx, other); err != nil {
			return unanswered(err)
		}
	}
	return nil
}

// record stores the intent if the change is possible, unless something is open on the same name whose outcome would decide over this one:
// another user's change, or one that could make an impossible change possible.
func (t *Tracker) record(ctx context.Context, i store.Intent, possible bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	pending, err := t.touching(ctx, i)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(pending, func(other store.Intent) bool {
		return other.Kind != store.IntentOvertaken && (other.UserID != i.UserID || !possible && other.Kind != i.Kind)
	}) {
		return authz.Refuse(authz.CreateInProgress, "Another request is changing what has this name, and its outcome is not known yet; try again.")
	}
	if !possible {
		return nil
	}
	if err := t.store.PutIntent(ctx, i); err != nil {
		return storeFailed(err)
	}
	return nil
}

// touching are the open intents that touch a name of i.
func (t *Tracker) touching(ctx context.Context, i store.Intent) ([]store.Intent, error) {
	all, err := t.store.Intents(ctx)
	if err != nil {
		return nil, storeFailed(err)
	}
	var found []store.Intent
	for _, other := range all {
		if other.Touches(i) {
			found = append(found, other)
		}
	}
	return found, nil
}

func unanswered(err error) error {
	return &authz.Refusal{Reason: authz.LookupFailed, Text: "MLflow did not answer; try again.", Cause: err}
}

func storeFailed(err error) error {
	return &authz.Refusal{Reason: authz.StoreFailed, Text: "The permission store cannot be written; try again later.", Cause: err}
}
