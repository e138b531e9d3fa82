package mlflow

import (
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
	Run             = RefType{authz.RefRun, authz.Run, canonicalRunID, formRunID}
	LoggedModel     = RefType{authz.RefLoggedModel, authz.LoggedModel, canonicalRunID, formRunID}
	RegisteredModel = RefType{authz.RefRegisteredModel, "", canonicalName, formName}
	ModelVersion    = RefType{authz.RefRegisteredModel, authz.RegisteredModelVersion, canonicalName, formName} // by its model's name
)

const (
	formID    = "a decimal number without sign, spaces or leading zeros"
	formName  = "1 to 1024 bytes of UTF-8 without NUL, and not '*'"
	formRunID = "1 to 256 ASCII letters, digits, '-' and '_'"
)

// Read, Update and Delete say which action a row needs on what the field names.
//
// A field is written as in the request message: "run_id". "run_id|run_uuid" is one parameter with two names, "model_id?" may be absent,
// "experiment_ids[]" is a list of at least one, "metrics[].model_id?" is looked for in every element, and "tags[mlflow.parentRunId]?" is
// the value of the tag with that key.
func Read(of RefType, field string) Needer { return fieldNeed{authz.CanRead, of, parseField(field)} }

func Update(of RefType, field string) Needer {
	return fieldNeed{authz.CanUpdate, of, parseField(field)}
}

func Delete(of RefType, field string) Needer {
	return fieldNeed{authz.CanDelete, of, parseField(field)}
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

func (n fieldNeed) fields() []string { return n.field.names }

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
	names    []string // alternatives: run_id, run_uuid
	optional bool
	list     bool   // names[0] is a list of identifiers, or of objects with inner
	inner    string // "model_id" of "metrics[].model_id"
	tag      string // "mlflow.parentRunId" of "tags[mlflow.parentRunId]"
}

func parseField(written string) fieldSpec {
	text, optional := strings.CutSuffix(written, "?")
	f := fieldSpec{text: written, optional: optional}
	if outer, rest, ok := strings.Cut(text, "["); ok {
		f.list = true
		tag, inner, _ := strings.Cut(rest, "]")
		text, f.tag, f.inner = outer, tag, strings.TrimPrefix(inner, ".")
	}
	f.names = strings.Split(text, "|")
	return f
}
