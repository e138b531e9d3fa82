package lookup

import (
	"context"
	"errors"
	"strings"

	"github.com/maypok86/otter/v2"

	"extauthz/authz"
)

// Resolver implements authz.Resolver on a Client.
type Resolver struct {
	client *Client
	owners *otter.Cache[owned, owner]
}

var _ authz.Resolver = (*Resolver)(nil)

// owned is a run or logged model; owner the experiment that it belongs to for ever, and where its artifacts lie.
type owned struct {
	kind authz.RefKind
	id   string
}

type owner struct {
	experimentID string
	artifactURI  string
}

// NewResolver remembers the owners of at most capacity runs and logged models.
func NewResolver(client *Client, capacity int) (*Resolver, error) {
	owners, err := otter.New(&otter.Options[owned, owner]{MaximumSize: capacity})
	return &Resolver{client: client, owners: owners}, err
}

// Resolve tells which resource governs what ref names.
func (r *Resolver) Resolve(ctx context.Context, ref authz.Ref) (authz.Resource, error) {
	switch ref.Kind {
	case authz.RefExperiment:
		return authz.InDefault(authz.Experiment, ref.ID), nil
	case authz.RefRegisteredModel:
		return authz.InDefault(authz.RegisteredModel, ref.ID), nil
	case authz.RefKindOf:
		return authz.InDefault(authz.Kind(ref.ID), authz.AnyID), nil
	case authz.RefExperimentName:
		return r.byName(ctx, ref.ID)
	case authz.RefRun, authz.RefLoggedModel:
		o, err := r.owner(ctx, owned{ref.Kind, ref.ID})
		return authz.InDefault(authz.Experiment, o.experimentID), err
	case authz.RefArtifactURI:
		return r.location(ctx, ref)
	case authz.RefArtifactPath:
		return authz.Resource{}, authz.Refuse(authz.AdminOnly, "Permission denied: this artifact location names no experiment; only an admin may use it.")
	case authz.RefEverything:
		return authz.Resource{}, authz.Refuse(authz.AdminOnly, "Permission denied: this search names no scope, so it covers everything; only an admin may do that. Name "+ref.ID+".")
	default:
		return authz.Resource{}, errors.New("a reference without a kind")
	}
}

func (r *Resolver) byName(ctx context.Context, name string) (authz.Resource, error) {
	e, err := r.client.Named(ctx, authz.Experiment, name)
	if err == nil && !e.Exists {
		return authz.Resource{}, authz.Refuse(authz.NoSuchExperiment, "Could not find experiment with name '"+name+"'")
	}
	return authz.InDefault(authz.Experiment, e.ID), lookupError(err)
}

// owner asks at most once for all who want to know at the same time: the first one's going away must not fail the others, so the question
// ends by the client's deadline alone.
func (r *Resolver) owner(ctx context.Context, o owned) (owner, error) {
	if found, ok := r.owners.GetIfPresent(o); ok {
		return found, nil
	}
	found, err := r.owners.Get(context.WithoutCancel(ctx), o, otter.LoaderFunc[owned, owner](r.load))
	return found, lookupError(err)
}

func (r *Resolver) load(ctx context.Context, o owned) (owner, error) {
	if o.kind == authz.RefRun {
		return r.client.run(ctx, o.id)
	}
	return r.client.loggedModel(ctx, o.id)
}

// location resolves a storage location that must lie within the artifacts of the run or logged model which the request names.
func (r *Resolver) location(ctx context.Context, ref authz.Ref) (authz.Resource, error) {
	for _, o := range []owned{{authz.RefRun, ref.Run}, {authz.RefLoggedModel, ref.Model}} {
		if o.id == "" {
			continue
		}
		found, err := r.owner(ctx, o)
		if err != nil {
			return authz.Resource{}, err
		}
		if within(found.artifactURI, ref.ID) {
			return authz.InDefault(authz.Experiment, found.experimentID), nil
		}
	}
	return authz.Resource{}, authz.Refuse(authz.InvalidParameter,
		"Invalid value for parameter 'source': it must lie within the artifacts of the run or logged model that the request names (run_id, model_id).")
}

func within(root, location string) bool {
	root, location = strings.TrimPrefix(root, "file://"), strings.TrimPrefix(location, "file://")
	return root != "" && (location == root || strings.HasPrefix(location, strings.TrimSuffix(root, "/")+"/"))
}

func lookupError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNotFound):
		return authz.Refuse(authz.UnknownResource, "Permission denied: MLflow does not know what this request names.")
	default:
		return &authz.Refusal{Reason: authz.LookupFailed, Text: "MLflow did not tell who owns the resource; try again.", Cause: err}
	}
}
