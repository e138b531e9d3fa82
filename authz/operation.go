package authz

import (
	"cmp"
	"context"
)

// Operation is what a Request means to MLflow: its name in MLflow's API, who may call it at all, and what it needs on which resources.
type Operation struct {
	Name   string // MLflow's: "LogMetric"; "" for the zero value, which nobody may call
	Access Access
	Needs  []Need // with AccessGranted: every one must be met
	// Response says what has to happen to the answer; "" for nothing.
	Response Response
	// Mentions are the kinds of other things that the answer may mention: whoever may not read them must not see that (Withholds, Filters).
	Mentions []Kind
	// Mentioned: it may also mention things that have grants of their own, so that it has to be looked at.
	Mentioned bool
	// Subject is what a create, rename or delete acts on, and Params the parameters of a filtered search, for refilling its page.
	Subject Subject
	Params  []byte // canonical JSON
	// Workspace is where the request looks; "" for the default workspace.
	Workspace string
	// Conceals are headers, in lower case, that MLflow must not see: it would believe them.
	Conceals []string
}

// Access says who may call an operation. The zero value refuses everybody.
type Access uint8

const (
	AccessPublic        Access = iota + 1 // no credential needed
	AccessAuthenticated                   // any principal who meets the Needs, if there are any
	AccessGranted                         // a principal who meets every Need; there must be one
	AccessAdmin                           // admins only
	AccessAuthAPI                         // one of this service's own endpoints: any principal may ask, the endpoint decides
	AccessOwnPassword                     // like AccessAuthAPI, and open to a principal who must change the password first
	AccessNobody                          // not even admins: it hands out more than MLflow's data
)

// Response says what an operation's response needs before the caller sees it.
type Response string

const (
	Filters Response = "filter" // rows that the caller may not read are removed and the page is refilled
	Creates Response = "create" // the creator gets MANAGE
	Renames Response = "rename" // grants move along
	Deletes Response = "delete" // grants are forgotten
	// Withholds: what the answer mentions of other things goes missing for those who may not read them.
	Withholds Response = "withhold"
	Learns    Response = "learn" // it tells who owns something new
)

// Subject names what a create, rename or delete is about. A new experiment has only a Name.
type Subject struct {
	Resource Resource
	Name     string
}

// Need is one thing that an operation requires: Action on what Ref resolves to.
//
// When that is a part of it (a run of an experiment, a version of a model), Part is the part's kind: READ is required on the container,
// and the Action is judged by the grants on the part, falling back to the container when there are none. NotDenied has no fallback.
type Need struct {
	Action Action
	Ref    Ref
	Part   Kind
	// PartID is the part's own id where grants can name it (a scorer); "" where they are on all parts of the kind.
	PartID string
	// Exact: only what is granted on the thing itself counts, not on all of its kind.
	Exact bool
	// Alone: a grant on the part is enough, whatever the container allows.
	Alone bool
	// Inherited is what the container has to allow when nothing is granted on the part; zero is Action itself.
	Inherited Action
	// Raised: a grant on the part adds to what the container allows, or vetoes, and does not lower it.
	Raised bool
	// Only narrows it to people whom the thing names.
	Only Relation
	// As is the username that the request gives as its sender's; "" for none.
	As string
}

// Relation is who a need is for, of those who have the permission. The zero value is everybody.
type Relation uint8

const (
	ToMembers         Relation = iota + 1 // members, managers not excepted
	ToMembersOrOwner                      // members, an owner who may update it, and whoever may manage it
	ToOwner                               // an owner, and whoever may manage it
	ToOwnerOfPersonal                     // whoever may manage it, and an owner unless it is somebody's personal one
)

// Ref names something in MLflow, the way the request named it. Only some refs are resources themselves; the rest (a run, a logged model)
// belong to one that only MLflow can tell.
type Ref struct {
	Kind RefKind
	ID   string
	// Workspace is where the request looks; "" for the default workspace.
	Workspace string
	// Run, Model and Trace say which one an ArtifactURI claims to come from, Experiment where a NewTrace is to be; "" for none.
	Run, Model, Trace, Experiment string
}

// In returns the resource of that kind and id in the workspace of the Ref.
func (r Ref) In(kind Kind, id string) Resource {
	return Resource{Kind: kind, Workspace: cmp.Or(r.Workspace, DefaultWorkspace), ID: id}
}

// RefKind says what a Ref's ID is.
type RefKind uint8

const (
	RefExperiment          RefKind = iota + 1 // a canonical experiment id
	RefExperimentName                         // resolved by MLflow
	RefRun                                    // resolved by MLflow to its experiment
	RefLoggedModel                            // resolved by MLflow to its experiment
	RefRegisteredModel                        // a registered model's name, or a prompt's: MLflow tells which
	RefArtifactURI                            // a storage location: must lie within the artifacts of Run or Model
	RefArtifactPath                           // a path of the artifact proxy that names no experiment: nobody but an admin
	RefKindOf                                 // every resource of the kind that ID names
	RefEverything                             // a search whose scope is empty, which means all: nobody but an admin
	RefTrace                                  // resolved by MLflow to its experiment
	RefNewTrace                               // a trace id that a client chose: if it is free, Experiment governs it, else the experiment of that trace
	RefDataset                                // resolved by MLflow to its experiments, all of which govern it
	RefIssue                                  // resolved by MLflow to its experiment
	RefReviewQueue                            // resolved by MLflow to its experiment
	RefReviewQueueName                        // "<experiment id>/<name>"
	RefLabelSchema                            // resolved by MLflow to its experiment
	RefPromptJob                              // a prompt optimization job, resolved by MLflow to its experiment
	RefJob                                    // a job's id, owned by whoever started it
	RefGuardrail                              // a guardrail, resolved by MLflow to the scorer that it runs
	RefGatewaySecret                          // its id
	RefGatewayEndpoint                        // its id
	RefGatewayEndpointName                    // resolved by MLflow to its id
	RefGatewayModel                           // the id of a model definition
	RefMCPServer                              // its name
	RefWorkspace                              // its name
	RefAdminOnly                              // what nobody but an admin may send: ID says what
	RefNewRegisteredModel                     // the name that a registered model is about to get
	RefNewPrompt                              // the name that a prompt is about to get
	RefExperimentToBe                         // an experiment's name, for what goes into that experiment and makes it if there is none
	RefTracedEndpoint                         // the id of a gateway endpoint that begins to log traces: into its experiment, else one of the name Experiment
	RefMCPServerToBe                          // an MCP server's name, for what goes into that server and makes it if there is none
	RefSkill                                  // its name: "name" or "@organization/name"
	RefSkillToBe                              // a skill's name, for what goes into that skill and makes it if there is none
	RefNewAssessments                         // ids that a client chose for a new trace's assessments: Experiment governs them if MLflow keeps others' safe
)

// Mapper maps a request to the operation that MLflow would carry out.
//
// On a refusal it returns a *Refusal and as much of the Operation as it could tell: a request that no row names has a zero Operation.
type Mapper interface {
	Map(r Request) (Operation, error)
	// Public reports whether the operation is open to everybody. It looks at the method and path alone: until somebody is known to ask, no
	// body is worth reading.
	Public(r Request) bool
}

// Resolver tells which resources govern what a Ref names. It returns a *Refusal: UnknownResource, NoSuchExperiment, LookupFailed,
// InvalidParameter.
type Resolver interface {
	Resolve(ctx context.Context, ref Ref) (Resolution, error)
}

// Resolution is what governs something: each of the resources, and there is at least one. A need must be met on every one.
type Resolution struct {
	Resources []Resource
	// Owner and Members are the people whom a review queue names, in lower case; Personal says that it is somebody's own.
	Owner    string
	Members  []string
	Personal bool
	// Vacant: nothing is there yet, and what governs is what the request would make: anybody may who is not denied it.
	Vacant bool
}

// Governed is the resolution of a thing that one resource governs.
func Governed(r Resource) Resolution { return Resolution{Resources: []Resource{r}} }

// Intents remembers a change that is about to be let through, so that its effect on grants happens even if its response never comes
// back. It returns the intent's id, or a *Refusal: CreateInProgress, LookupFailed, StoreFailed.
type Intents interface {
	Begin(ctx context.Context, p Principal, op Operation) (intentID string, err error)
}
