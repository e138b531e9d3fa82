package authz

import "context"

// Operation is what a Request means to MLflow: its name in MLflow's API, who may call it at all, and what it needs on which resources.
type Operation struct {
	Name   string // MLflow's: "LogMetric"; "" for the zero value, which nobody may call
	Access Access
	Needs  []Need // with AccessGranted: every one must be met
	// Response says what has to happen to the answer; "" for nothing.
	Response Response
	// Subject is what a create, rename or delete acts on, and Params the parameters of a filtered search, for refilling its page.
	Subject Subject
	Params  []byte // canonical JSON
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
)

// Response says what an operation's response needs before the caller sees it.
type Response string

const (
	Filters Response = "filter" // rows that the caller may not read are removed and the page is refilled
	Creates Response = "create" // the creator gets MANAGE
	Renames Response = "rename" // grants move along
	Deletes Response = "delete" // grants are forgotten
)

// Subject names what a create, rename or delete is about. A new experiment has only a Name.
type Subject struct {
	Resource Resource
	Name     string
}

// Need is one thing that an operation requires: Action on what Ref resolves to.
//
// When that is a part of it (a run of an experiment, a version of a model), Part is the part's kind: READ is required on the container,
// and the Action is judged by the grants on all parts of that kind, falling back to the container when there are none.
type Need struct {
	Action Action
	Ref    Ref
	Part   Kind
}

// Ref names something in MLflow, the way the request named it. Only some refs are resources themselves; the rest (a run, a logged model)
// belong to one that only MLflow can tell.
type Ref struct {
	Kind RefKind
	ID   string
	// Run and Model say which run or logged model an ArtifactURI claims to come from; "" for none.
	Run, Model string
}

// RefKind says what a Ref's ID is.
type RefKind uint8

const (
	RefExperiment      RefKind = iota + 1 // a canonical experiment id
	RefExperimentName                     // resolved by MLflow
	RefRun                                // resolved by MLflow to its experiment
	RefLoggedModel                        // resolved by MLflow to its experiment
	RefRegisteredModel                    // a registered model's name
	RefArtifactURI                        // a storage location: must lie within the artifacts of Run or Model
	RefArtifactPath                       // a path of the artifact proxy that names no experiment: nobody but an admin
	RefKindOf                             // every resource of the kind that ID names
	RefEverything                         // a search whose scope is empty, which means all: nobody but an admin
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

// Resolver tells which resource governs what a Ref names. It returns a *Refusal: UnknownResource, NoSuchExperiment, LookupFailed,
// InvalidParameter.
type Resolver interface {
	Resolve(ctx context.Context, ref Ref) (Resource, error)
}

// Intents remembers a change that is about to be let through, so that its effect on grants happens even if its response never comes
// back. It returns the intent's id, or a *Refusal: CreateInProgress, LookupFailed, StoreFailed.
type Intents interface {
	Begin(ctx context.Context, p Principal, op Operation) (intentID string, err error)
}
