package lookup

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"
	"golang.org/x/sync/singleflight"

	"extauthz/authz"
)

// Resolver implements authz.Resolver on a Client.
type Resolver struct {
	client *Client
	owners *otter.Cache[owned, owner]
	asking singleflight.Group
}

var _ authz.Resolver = (*Resolver)(nil)

// owned is something that only MLflow can tell the owner of.
type owned struct {
	kind      authz.RefKind
	id        string
	workspace string
}

// owner is what governs it.
type owner struct {
	resources   []authz.Resource
	artifactURI string // of a run, logged model or trace
	// Of a review queue.
	createdBy string
	members   []string
	personal  bool
}

// NewResolver remembers the owners of at most capacity runs, logged models, traces and so on.
func NewResolver(client *Client, capacity int) (*Resolver, error) {
	owners, err := otter.New(&otter.Options[owned, owner]{MaximumSize: capacity, StatsRecorder: stats.NewCounter()})
	return &Resolver{client: client, owners: owners}, err
}

// direct are refs that are resources themselves.
var direct = map[authz.RefKind]authz.Kind{
	authz.RefExperiment: authz.Experiment, authz.RefJob: authz.Job, authz.RefGatewaySecret: authz.GatewaySecret,
	authz.RefGatewayEndpoint: authz.GatewayEndpoint, authz.RefGatewayModel: authz.GatewayModelDefinition,
	authz.RefMCPServer: authz.MCPServer, authz.RefNewRegisteredModel: authz.RegisteredModel,
	authz.RefNewPrompt: authz.Prompt, authz.RefSkill: authz.Skill,
}

// Resolve tells which resources govern what ref names.
func (r *Resolver) Resolve(ctx context.Context, ref authz.Ref) (authz.Resolution, error) {
	if kind, ok := direct[ref.Kind]; ok {
		return authz.Governed(ref.In(kind, ref.ID)), nil
	}
	switch ref.Kind {
	case authz.RefWorkspace:
		return authz.Governed(authz.WorkspaceNamed(ref.ID)), nil
	case authz.RefKindOf:
		return authz.Governed(ref.In(authz.Kind(ref.ID), authz.AnyID)), nil
	case authz.RefExperimentName:
		return r.byName(ctx, ref)
	case authz.RefArtifactURI:
		return r.location(ctx, ref)
	case authz.RefArtifactPath:
		return authz.Resolution{}, authz.Refuse(authz.AdminOnly, "Permission denied: this artifact location names no experiment; only an admin may use it.")
	case authz.RefEverything:
		return authz.Resolution{}, authz.Refuse(authz.AdminOnly, "Permission denied: this search names no scope, so it covers everything; only an admin may do that. Name "+ref.ID+".")
	case authz.RefAdminOnly:
		return authz.Resolution{}, authz.Refuse(authz.AdminOnly, "Permission denied: only an admin may send "+ref.ID+".")
	case authz.RefNewAssessments:
		return r.newAssessments(ctx, ref)
	case authz.RefNewTrace:
		return r.newTrace(ctx, ref)
	case authz.RefTracedEndpoint:
		return r.tracedEndpoint(ctx, ref)
	case authz.RefExperimentToBe, authz.RefMCPServerToBe, authz.RefSkillToBe:
		return r.toBe(ctx, ref)
	default:
		o, err := r.owner(ctx, owned{ref.Kind, ref.ID, ref.Workspace})
		return authz.Resolution{Resources: o.resources, Owner: o.createdBy, Members: o.members, Personal: o.personal}, err
	}
}

func (r *Resolver) byName(ctx context.Context, ref authz.Ref) (authz.Resolution, error) {
	e, err := r.client.Named(ctx, ref.In(authz.Experiment, ref.ID))
	if err == nil && !e.Exists {
		return authz.Resolution{}, authz.Refuse(authz.NoSuchExperiment, "Could not find experiment with name '"+ref.ID+"'")
	}
	return authz.Governed(ref.In(authz.Experiment, e.ID)), lookupError(err)
}

// lookups ask MLflow about each kind. What is lasting never gets another owner, so the answer is kept.
var lookups = map[authz.RefKind]struct {
	ask     func(*Client, context.Context, owned) (owner, error)
	lasting bool
}{
	authz.RefRun:             {(*Client).run, true},
	authz.RefLoggedModel:     {(*Client).loggedModel, true},
	authz.RefRegisteredModel: {(*Client).registered, false},
	authz.RefDataset:         {(*Client).dataset, false},
	authz.RefIssue:           {(*Client).issue, false}, // 3.18 lets a client choose its id
	authz.RefLabelSchema:     {(*Client).labelSchema, true},
	authz.RefReviewQueue:     {(*Client).reviewQueue, false},
	authz.RefReviewQueueName: {(*Client).reviewQueueNamed, false},
	authz.RefPromptJob:       {(*Client).promptJob, true},
	authz.RefTrace:           {(*Client).trace, false},

	authz.RefGatewayEndpointName: {(*Client).endpointNamed, false},
	authz.RefGuardrail:           {(*Client).guardrail, true}, // its scorer cannot be changed
}

// owner asks at most once for all requests of a user who want to know at the same time: the first one's going away must not fail the others, so
// the question ends by the client's deadline alone. Another user's question waits in another lane, and is another question.
func (r *Resolver) owner(ctx context.Context, o owned) (owner, error) {
	lookup, ok := lookups[o.kind]
	if !ok {
		return owner{}, errors.New("a reference without a kind")
	}
	if lookup.lasting {
		if found, ok := r.owners.GetIfPresent(o); ok {
			return found, nil
		}
	}
	client, unending := r.client.In(o.workspace), context.WithoutCancel(ctx)
	found, err, _ := r.asking.Do(o.key(authz.Asker(ctx)), func() (any, error) { return lookup.ask(client, unending, o) })
	answer, _ := found.(owner)
	if err == nil && lookup.lasting {
		r.owners.SetIfAbsent(o, answer)
	}
	return answer, lookupError(err)
}

// Remembered says how often the owner of something lasting was known, how often MLflow had to be asked, and how many are known now.
func (r *Resolver) Remembered() (hits, misses uint64, entries int) {
	s := r.owners.Stats()
	return s.Hits, s.Misses, r.owners.EstimatedSize()
}

// Learn remembers what a response told, so that nobody has to ask. A thing that is known already keeps its owner.
func (r *Resolver) Learn(ref authz.Ref, experimentID, artifactURI string) {
	if lookups[ref.Kind].lasting {
		o := owned{ref.Kind, ref.ID, ref.Workspace}
		r.owners.SetIfAbsent(o, owner{resources: o.in(authz.Experiment, experimentID), artifactURI: artifactURI})
	}
}

// key is a user's question in one string; neither ids nor workspaces hold a NUL.
func (o owned) key(asker uint64) string {
	return strconv.FormatUint(asker, 36) + string(rune(o.kind)) + o.workspace + "\x00" + o.id
}

// in is the resource of that kind in the workspace of o.
func (o owned) in(kind authz.Kind, id string) []authz.Resource {
	return []authz.Resource{authz.Ref{Workspace: o.workspace}.In(kind, id)}
}

// location resolves a storage location that must lie within the artifacts of the run or logged model which the request names.
func (r *Resolver) location(ctx context.Context, ref authz.Ref) (authz.Resolution, error) {
	if ref.Trace != "" {
		return r.locationOfTrace(ctx, ref)
	}
	for _, o := range []owned{{authz.RefRun, ref.Run, ref.Workspace}, {authz.RefLoggedModel, ref.Model, ref.Workspace}} {
		if o.id == "" {
			continue
		}
		found, err := r.owner(ctx, o)
		if err != nil {
			return authz.Resolution{}, err
		}
		if within(found.artifactURI, ref.ID) {
			return authz.Resolution{Resources: found.resources}, nil
		}
	}
	return authz.Resolution{}, authz.Refuse(authz.InvalidParameter,
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
