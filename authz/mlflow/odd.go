package mlflow

import (
	"strings"

	"extauthz/authz"
)

// adminOnlyIf refuses a request that sets the field, unless an admin sends it.
type adminOnlyIf struct{ field string }

func (n adminOnlyIf) fields() []string { return []string{n.field} }

func (n adminOnlyIf) needs(in input) ([]authz.Need, error) {
	value, present, err := in.scalar(n.field)
	if err != nil || !present || value == "" {
		return nil, err
	}
	return []authz.Need{{Action: authz.CanManage, Ref: authz.Ref{Kind: authz.RefArtifactPath, ID: value}}}, nil
}

// taggedParent needs READ on the parent run when the tag that is set is mlflow.parentRunId.
type taggedParent struct{}

func (taggedParent) fields() []string { return []string{"key", "value"} }

func (taggedParent) needs(in input) ([]authz.Need, error) {
	if key, _, err := in.scalar("key"); err != nil || key != parentRunTag {
		return nil, err
	}
	return fieldNeed{authz.CanRead, Run, parseField("value")}.needs(in)
}

const parentRunTag = "mlflow.parentRunId"

// exactlyOne needs the one of two parameters that is there; both or none is refused, as MLflow does.
type exactlyOne struct{ a, b Needer }

func (n exactlyOne) fields() []string { return append(n.a.fields(), n.b.fields()...) }

func (n exactlyOne) needs(in input) ([]authz.Need, error) {
	a, err := n.a.needs(in)
	if err != nil {
		return nil, err
	}
	b, err := n.b.needs(in)
	if err != nil {
		return nil, err
	}
	if len(a)+len(b) != 1 {
		return nil, authz.Refuse(authz.InvalidParameter, "Exactly one of "+strings.Join(n.fields(), " and ")+" must be provided.")
	}
	return append(a, b...), nil
}

// unlessDenied is the veto of a create: whatever else is granted, a DENY on all of the kind that is created forbids it.
type unlessDenied struct{ kind authz.Kind }

func (unlessDenied) fields() []string   { return nil }
func (n unlessDenied) describe() string { return "no DENY on " + string(n.kind) }

func (n unlessDenied) needs(input) ([]authz.Need, error) {
	return []authz.Need{{Action: authz.NotDenied, Ref: authz.Ref{Kind: authz.RefKindOf, ID: string(n.kind)}}}, nil
}

// withParts needs the action on what the field names and on all kinds of parts that go with it.
type withParts struct {
	whole fieldNeed
	parts []authz.Kind
}

func (n withParts) fields() []string { return n.whole.fields() }
func (n withParts) describe() string { return n.whole.describe() + " and its parts" }

func (n withParts) needs(in input) ([]authz.Need, error) {
	needs, err := n.whole.needs(in)
	for _, need := range needs {
		for _, need.Part = range n.parts {
			needs = append(needs, need)
		}
	}
	return needs, err
}

var (
	partsOfExperiment = []authz.Kind{
		authz.Run, authz.Trace, authz.LoggedModel, authz.Assessment, authz.ReviewQueue, authz.Scorer, authz.ScorerVersion,
	}
	partsOfModel = []authz.Kind{authz.RegisteredModelVersion}
)
