package authz

import (
	"maps"
	"slices"
)

// Kind is a type of resource, named as MLflow 3.17's resource_type.
type Kind string

const (
	Experiment             Kind = "experiment"
	RegisteredModel        Kind = "registered_model"
	Prompt                 Kind = "prompt"
	Scorer                 Kind = "scorer"
	GatewaySecret          Kind = "gateway_secret"
	GatewayEndpoint        Kind = "gateway_endpoint"
	GatewayModelDefinition Kind = "gateway_model_definition"
	MCPServer              Kind = "mcp_server"
	Skill                  Kind = "skill" // of MLflow 3.18
	Workspace              Kind = "workspace"
	// Job is no type of MLflow's: a job belongs to the user who started it, and to nobody by default.
	Job Kind = "job"
)

// The kinds of parts. Grants on them exist only for all parts of a kind ("*"), and govern in the container's place.
const (
	Run                    Kind = "run"
	Trace                  Kind = "trace"
	Assessment             Kind = "assessment"
	LoggedModel            Kind = "logged_model"
	ReviewQueue            Kind = "review_queue"
	RegisteredModelVersion Kind = "registered_model_version"
	PromptVersion          Kind = "prompt_version"
	ScorerVersion          Kind = "scorer_version"
	MCPServerVersion       Kind = "mcp_server_version"
)

var subKinds = map[Kind]bool{
	Run: true, Trace: true, Assessment: true, LoggedModel: true, ReviewQueue: true, RegisteredModelVersion: true, PromptVersion: true,
	ScorerVersion: true, MCPServerVersion: true, Workspace: true,
}

var kinds = map[Kind]bool{
	Experiment: true, RegisteredModel: true, Prompt: true, Scorer: true, GatewaySecret: true, GatewayEndpoint: true,
	GatewayModelDefinition: true, MCPServer: true, Skill: true,
}

// Kinds are all of them, those of parts among them.
func Kinds() []Kind {
	return slices.Concat(slices.Collect(maps.Keys(kinds)), slices.Collect(maps.Keys(subKinds)))
}

// Known reports whether k is a resource type of a supported MLflow.
func (k Kind) Known() bool { return kinds[k] || subKinds[k] }

// WholeOnly reports whether grants on k take only the id "*".
func (k Kind) WholeOnly() bool { return subKinds[k] }

// DefaultWorkspace is where every resource lives while MLflow's workspaces are off.
const DefaultWorkspace = "default"

// AnyID is the resource id that stands for every resource of its kind in its workspace.
const AnyID = "*"

// Resource names one thing that grants can be given on. The zero value names nothing and is never granted.
//
// ID is MLflow's own key, byte for byte, never normalised: the numeric experiment id, the registered model's name. Two names that look
// alike are two resources. Workspace is never empty in a stored grant; see DefaultWorkspace.
type Resource struct {
	Kind      Kind
	Workspace string
	ID        string
}

// InDefault returns the resource of that kind and id in the default workspace.
func InDefault(kind Kind, id string) Resource {
	return Resource{Kind: kind, Workspace: DefaultWorkspace, ID: id}
}

// WorkspaceNamed is what grants in that workspace as a whole are given on: USE to create in it, MANAGE for everything in it.
func WorkspaceNamed(name string) Resource {
	return Resource{Kind: Workspace, Workspace: name, ID: AnyID}
}

// Namesakes are r and whatever else can have its name: MLflow keeps registered models and prompts in one table, so that a name is at any
// time one or the other's.
func (r Resource) Namesakes() []Resource {
	twin := r
	switch r.Kind {
	case RegisteredModel:
		twin.Kind = Prompt
	case Prompt:
		twin.Kind = RegisteredModel
	default:
		return []Resource{r}
	}
	return []Resource{r, twin}
}

// part is the kind of a part of r: prompts and registered models share MLflow's API, and have parts of their own.
func (r Resource) part(kind Kind) Kind {
	if r.Kind == Prompt && kind == RegisteredModelVersion {
		return PromptVersion
	}
	return kind
}

// String renders "experiment 7", and "experiment 7 in workspace team" outside the default workspace.
func (r Resource) String() string {
	s := string(r.Kind) + " " + r.ID
	if r.Workspace != "" && r.Workspace != DefaultWorkspace {
		s += " in workspace " + r.Workspace
	}
	return s
}
