package mlflow

import "extauthz/authz"

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
		return nil, authz.Refuse(authz.InvalidParameter, "Exactly one of run_id and model_id must be provided.")
	}
	return append(a, b...), nil
}
