package mlflow

import (
	"slices"
	"strings"

	"extauthz/authz"
)

// Needer tells what one request of a row needs, from the parameters it carries.
type Needer interface {
	needs(in input) ([]authz.Need, error)
	// fields lists the parameters it reads, for the test that MLflow's request has them.
	fields() []string
	// describe says it in words, for the printed table.
	describe() string
}

// RefType is what a parameter identifies: its kind, and the one spelling that names a single resource.
type RefType struct {
	kind      authz.RefKind
	part      authz.Kind // of what it belongs to; "" for what stands by itself
	canonical func(string) bool
	form      string
}

// What a row's field can identify.
var (
	Experiment      = RefType{authz.RefExperiment, "", canonicalExperimentID, formID}
	ExperimentName  = RefType{authz.RefExperimentName, "", canonicalName, formName}
	RunsOf          = RefType{authz.RefExperiment, authz.Run, canonicalExperimentID, formID}         // all runs of the experiment
	ModelsOf        = RefType{authz.RefExperiment, authz.LoggedModel, canonicalExperimentID, formID} // all its logged models
	TracesOf        = RefType{authz.RefExperiment, authz.Trace, canonicalExperimentID, formID}       // all its traces
	AssessmentsOf   = RefType{authz.RefExperiment, authz.Assessment, canonicalExperimentID, formID}  // of all its traces
	QueuesOf        = RefType{authz.RefExperiment, authz.ReviewQueue, canonicalExperimentID, formID} // all its review queues
	Run             = RefType{authz.RefRun, authz.Run, canonicalRunID, formRunID}
	LoggedModel     = RefType{authz.RefLoggedModel, authz.LoggedModel, canonicalRunID, formRunID}
	Trace           = RefType{authz.RefTrace, authz.Trace, canonicalRunID, formRunID}
	AssessmentOf    = RefType{authz.RefTrace, authz.Assessment, canonicalRunID, formRunID} // by its trace's id
	Dataset         = RefType{authz.RefDataset, "", canonicalRunID, formRunID}
	Issue           = RefType{authz.RefIssue, "", canonicalRunID, formRunID}
	ReviewQueue     = RefType{authz.RefReviewQueue, authz.ReviewQueue, canonicalRunID, formRunID}
	LabelSchema     = RefType{authz.RefLabelSchema, "", canonicalRunID, formRunID}
	PromptJob       = RefType{authz.RefPromptJob, "", canonicalRunID, formRunID}
	Job             = RefType{authz.RefJob, "", canonicalRunID, formRunID}
	RegisteredModel = RefType{authz.RefRegisteredModel, "", canonicalName, formName}
	ModelVersion    = RefType{authz.RefRegisteredModel, authz.RegisteredModelVersion, canonicalName, formName} // by its model's name
	GatewaySecret   = RefType{authz.RefGatewaySecret, "", canonicalRunID, formRunID}
	GatewayEndpoint = RefType{authz.RefGatewayEndpoint, "", canonicalRunID, formRunID}
	GatewayNamed    = RefType{authz.RefGatewayEndpointName, "", canonicalEndpointName, formEndpointName} // a gateway endpoint by its name
	GatewayModel    = RefType{authz.RefGatewayModel, "", canonicalRunID, formRunID}
	Guardrail       = RefType{authz.RefGuardrail, "", canonicalRunID, formRunID}
	Workspace       = RefType{authz.RefWorkspace, "", canonicalName, formName}
	MCPServer       = RefType{authz.RefMCPServer, "", canonicalMCPServer, formMCPServer}
	MCPVersion      = RefType{authz.RefMCPServer, authz.MCPServerVersion, canonicalMCPServer, formMCPServer} // by its server's name
	MCPServerToBe   = RefType{authz.RefMCPServerToBe, "", canonicalMCPServer, formMCPServer}
)

const (
	formID    = "a decimal number without sign, spaces or leading zeros"
	formName  = "1 to 1024 bytes of UTF-8 without NUL, and not '*'"
	formRunID = "1 to 256 ASCII letters, digits, '-' and '_'"

	formEndpointName = "1 to 256 ASCII letters, digits, '-', '_' and '.'"
	formMCPServer    = "<reverse-dns namespace>/<server slug>, such as com.example/server-name"
)

// Read, Use, Update, Delete and Manage say which action a row needs on what the field names; NotDenied that no DENY stands against it.
//
// A field is written as in the request message: "run_id". "run_id|run_uuid" is one parameter with two names, "model_id?" may be absent,
// "trace.trace_info.trace_id" lies within objects, "experiment_ids[]" is a list of at least one, "locations[].mlflow_experiment.experiment_id"
// stands in every element, "metrics[].model_id?" in any of them, and "tags[mlflow.parentRunId]?" is the value of the tag with that key.
func Read(of RefType, field string) Needer { return fieldNeed{authz.CanRead, of, parseField(field)} }

func Use(of RefType, field string) Needer { return fieldNeed{authz.CanUse, of, parseField(field)} }

func Update(of RefType, field string) Needer {
	return fieldNeed{authz.CanUpdate, of, parseField(field)}
}

func Delete(of RefType, field string) Needer {
	return fieldNeed{authz.CanDelete, of, parseField(field)}
}

func Manage(of RefType, field string) Needer {
	return fieldNeed{authz.CanManage, of, parseField(field)}
}

func NotDenied(of RefType, field string) Needer {
	return fieldNeed{authz.NotDenied, of, parseField(field)}
}

// need is an action on one thing of this type.
func (of RefType) need(action authz.Action, id string) authz.Need {
	return authz.Need{Action: action, Ref: authz.Ref{Kind: of.kind, ID: id}, Part: of.part}
}

type fieldNeed struct {
	action authz.Action
	of     RefType
	field  fieldSpec
}

func (n fieldNeed) fields() []string { return n.field.paths() }

func (n fieldNeed) needs(in input) ([]authz.Need, error) {
	ids, err := in.values(n.field)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 && n.field.list && !n.field.optional {
		return []authz.Need{{Action: n.action, Ref: authz.Ref{Kind: authz.RefEverything, ID: n.field.names[0]}}}, nil
	}
	needs := make([]authz.Need, 0, len(ids))
	for _, id := range ids {
		if !n.of.canonical(id) {
			return nil, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter '"+n.field.names[0]+"': it must be "+n.of.form+".")
		}
		needs = append(needs, n.of.need(n.action, id))
	}
	return needs, nil
}

// fieldSpec is a parsed field expression.
type fieldSpec struct {
	text     string
	within   []string // the objects around the name: trace, trace_info
	names    []string // alternatives: run_id, run_uuid
	optional bool
	list     bool     // names[0] is a list of identifiers, or of objects with inner
	inner    []string // mlflow_experiment, experiment_id of "locations[].mlflow_experiment.experiment_id"
	tag      string   // "mlflow.parentRunId" of "tags[mlflow.parentRunId]"
}

func parseField(written string) fieldSpec {
	text, optional := strings.CutSuffix(written, "?")
	f := fieldSpec{text: written, optional: optional}
	if outer, rest, ok := strings.Cut(text, "["); ok {
		f.list = true
		tag, inner, _ := strings.Cut(rest, "]")
		text, f.tag = outer, tag
		if inner != "" {
			f.inner = strings.Split(strings.TrimPrefix(inner, "."), ".")
		}
	}
	path := strings.Split(text, ".")
	f.within, f.names = path[:len(path)-1], strings.Split(path[len(path)-1], "|")
	return f
}

// paths are the field's alternatives, each from the top of the message: "locations.mlflow_experiment.experiment_id".
func (f fieldSpec) paths() []string {
	all := make([]string, len(f.names))
	for i, name := range f.names {
		all[i] = strings.Join(slices.Concat(f.within, []string{name}, f.inner), ".")
	}
	return all
}
