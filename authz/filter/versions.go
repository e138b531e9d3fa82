package filter

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// versions keeps the model versions whose registered models the user may read. Without their names nobody can tell which these are: the
// whole list is null then.
func (a *answer) versions(list jsontext.Value, s *mlflow.Shape) (jsontext.Value, error) {
	rows, err := readArray(list)
	if err != nil {
		return nil, err
	}
	kept := rows[:0]
	for _, row := range rows {
		name, ok, err := modelName(row, s.Name)
		if err != nil {
			return nil, err
		}
		if !ok {
			a.cut = true
			return jsontext.Value("null"), nil
		}
		readable, err := a.mayRead(name)
		if err != nil {
			return nil, err
		}
		if !readable {
			continue
		}
		if row, err = a.members(row, s); err != nil {
			return nil, err
		}
		kept = append(kept, row)
	}
	a.cut = a.cut || len(kept) < len(rows)
	return renderArray(kept), nil
}

// modelName reads the registered model's name of a model version. ok is false when there is none.
func modelName(row jsontext.Value, key string) (name string, ok bool, err error) {
	members, err := readObject(row)
	if err != nil || key == "" {
		return "", false, err
	}
	for _, m := range members {
		if m.name == key && m.value.Kind() == '"' {
			err := json.Unmarshal(m.value, &name)
			return name, name != "", err
		}
	}
	return "", false, nil
}

func (a *answer) mayRead(model string) (bool, error) {
	need := authz.Need{Action: authz.CanRead, Part: authz.RegisteredModelVersion}
	return a.models.met(a.ctx, a.principal, need, authz.Ref{Kind: authz.RefRegisteredModel, ID: model, Workspace: a.workspace})
}
