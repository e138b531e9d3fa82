package mlflow

import (
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"

	"extauthz/authz"
)

// operation fills in what the row needs for these parameters.
func (row *Row) operation(op authz.Operation, in input) (authz.Operation, error) {
	op.Workspace = in.workspace
	op.Needs = row.mayCreate(in)
	for _, n := range row.Needs {
		needs, err := n.needs(in)
		if err != nil {
			return op, err
		}
		for _, need := range needs {
			need.Ref.Workspace = in.workspace
			if !slices.Contains(op.Needs, need) {
				op.Needs = append(op.Needs, need)
			}
		}
		if len(op.Needs) > maxNeeds {
			return op, authz.Refuse(authz.InvalidParameter, "The request names more than "+strconv.Itoa(maxNeeds)+" different resources; send several requests.")
		}
	}
	if row.Response == authz.Filters {
		return withParams(op, in)
	}
	if row.Subject == nil {
		return op, nil
	}
	if row.Subject.Unless != "" && in.params[row.Subject.Unless] != nil {
		op.Response = ""
		return op, nil
	}
	return row.withSubject(op, in)
}

const (
	maxParams = 64 << 10
	maxNeeds  = 256 // each may cost a look-up; MLflow takes 100 runs at a time
)

// withParams keeps the parameters of a search for refilling its page. A page of no rows is refused: its token alone would tell whether
// anything hidden matches.
func withParams(op authz.Operation, in input) (authz.Operation, error) {
	if size, set := in.params["max_results"]; set && size != nil {
		if n, err := strconv.ParseFloat(text(size), 64); err != nil || n < 1 {
			return op, mistyped("max_results", "at least 1", false)
		}
	}
	params, err := json.Marshal(in.params, json.Deterministic(true))
	if err == nil && len(params) > maxParams {
		err = authz.Refuse(authz.InvalidParameter, "The parameters of this search are longer than 64 KiB.")
	}
	op.Params = params
	return op, err
}

func (row *Row) withSubject(op authz.Operation, in input) (authz.Operation, error) {
	for _, of := range []struct {
		field string
		into  *string
	}{{row.Subject.ID, &op.Subject.Resource.ID}, {row.Subject.Name, &op.Subject.Name}} {
		if of.field == "" {
			continue
		}
		values, err := in.values(parseField(of.field))
		if err != nil {
			return op, err
		}
		if !canonicalName(values[0]) {
			return op, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter '"+of.field+"': it must be "+RegisteredModel.form+".")
		}
		*of.into = values[0]
	}
	if row.Subject.In != "" {
		experiment, name, err := in.named(row.Subject.In, row.Subject.ID)
		if err != nil {
			return op, err
		}
		op.Subject.Resource.ID = ScorerKey(experiment, name)
	}
	if row.Subject.Organization != "" {
		organization, _, err := in.scalar(row.Subject.Organization)
		if err != nil {
			return op, err
		}
		op.Subject.Resource.ID = skillID(organization, op.Subject.Resource.ID)
	}
	kind, err := row.subjectKind(in)
	op.Subject.Resource = authz.Ref{Workspace: in.workspace}.In(kind, op.Subject.Resource.ID)
	return op, err
}
