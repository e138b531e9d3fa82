package filter

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// GraphQL takes out of an answer to POST /graphql what the caller may not read, as MLflow's basic-auth does (GraphQLAuthorizationMiddleware):
// a field whose needs are not met is null, with status 200, and model versions of models that may not be read are missing from their list.
// All fields are required.
type GraphQL struct {
	Resolver authz.Resolver
	Decider  Decider
}

// Answer returns the body with only what the user may read; withheld are kinds of which that is nothing (authz.Decision.Withheld). Any error means that the body must not be shown.
func (g *GraphQL) Answer(ctx context.Context, p authz.Principal, q *mlflow.Query, withheld []authz.Kind, body []byte) ([]byte, error) {
	top, err := readObject(body)
	if err != nil {
		return nil, fmt.Errorf("the answer to a GraphQL query: %w", err)
	}
	a := answer{GraphQL: g, ctx: ctx, principal: p, workspace: q.Workspace, withheld: withheld, models: newEither(g.Decider, g.Resolver)}
	for i, m := range top {
		if m.name == "data" {
			if top[i].value, err = a.data(q, m.value); err != nil {
				return nil, err
			}
		} else if m.name != "errors" {
			return nil, errors.New("the answer to a GraphQL query has members that none has")
		}
	}
	for i, m := range top {
		if m.name == "errors" && a.cut {
			top[i].value = a.errors()
		}
	}
	return renderObject(top), nil
}

// answer is one answer being cut.
type answer struct {
	*GraphQL
	ctx       context.Context
	principal authz.Principal
	workspace string
	withheld  []authz.Kind
	models    *either // by name
	cut       bool    // something was taken out
	failed    bool    // MLflow failed on a field that the caller may read
}

// errors stands for MLflow's error messages, which do not say which field they are about and may quote from one that was taken out. What it
// says depends on nothing that the caller may not read: whether a denied run exists makes no difference.
func (a *answer) errors() jsontext.Value {
	if a.failed {
		return jsontext.Value(`["MLflow failed on a part of this query. Its message is withheld, since another part needs permissions that you lack."]`)
	}
	return jsontext.Value("null")
}

// data judges every field, whether MLflow answered it or not: its errors may tell about any of them.
func (a *answer) data(q *mlflow.Query, data jsontext.Value) (jsontext.Value, error) {
	fields, allowed := map[string]mlflow.QueryField{}, map[string]bool{}
	for _, f := range q.Fields {
		ok, err := a.allowed(f)
		if err != nil {
			return nil, err
		}
		fields[f.Key], allowed[f.Key] = f, ok
		a.cut = a.cut || !ok
	}
	if data.Kind() == 'n' {
		a.failed = true
		return data, nil
	}
	members, err := readObject(data)
	if err != nil {
		return nil, err
	}
	for i, m := range members {
		f, asked := fields[m.name]
		switch {
		case !asked:
			return nil, fmt.Errorf("MLflow answered %q, which the query does not ask for", m.name)
		case !allowed[m.name]:
			members[i].value = jsontext.Value("null")
			continue
		}
		a.failed = a.failed || m.value.Kind() == 'n'
		if members[i].value, err = a.value(m.value, f.Shape); err != nil {
			return nil, err
		}
	}
	return renderObject(members), nil
}

// allowed reports whether the user meets every need of the field. What MLflow does not know, nobody was granted; a search without a scope
// covers everything, which is for admins.
func (a *answer) allowed(f mlflow.QueryField) (bool, error) {
	for _, need := range f.Needs {
		found, err := a.Resolver.Resolve(a.ctx, need.Ref)
		if err != nil {
			return false, unlessDenied(err)
		}
		for _, resource := range found.Resources {
			c, err := a.Decider.Meets(a.ctx, a.principal, need, resource)
			if err != nil || !c.Met {
				return false, err
			}
		}
	}
	return f.Open || len(f.Needs) > 0, nil
}

// unlessDenied tells a resolver's no from its failures.
func unlessDenied(err error) error {
	var r *authz.Refusal
	if errors.As(err, &r) && (r.Reason == authz.UnknownResource || r.Reason == authz.AdminOnly) {
		return nil
	}
	return err
}

// value takes the model versions that the user may not read, and the token of their list, out of a value of that shape.
func (a *answer) value(v jsontext.Value, s *mlflow.Shape) (jsontext.Value, error) {
	switch {
	case s == nil || v.Kind() == 'n':
		return v, nil
	case s.Token, s.Mention != "" && slices.Contains(a.withheld, s.Mention):
		return jsontext.Value("null"), nil
	case s.Versions:
		return a.versions(v, s)
	case v.Kind() == '[':
		return a.elements(v, s)
	}
	return a.members(v, s)
}

func (a *answer) members(v jsontext.Value, s *mlflow.Shape) (jsontext.Value, error) {
	if len(s.Inner) == 0 {
		return v, nil
	}
	members, err := readObject(v)
	if err != nil {
		return nil, err
	}
	for i, m := range members {
		if members[i].value, err = a.value(m.value, s.Inner[m.name]); err != nil {
			return nil, err
		}
	}
	return renderObject(members), nil
}

func (a *answer) elements(list jsontext.Value, s *mlflow.Shape) (jsontext.Value, error) {
	elements, err := readArray(list)
	if err != nil {
		return nil, err
	}
	for i, e := range elements {
		if elements[i], err = a.value(e, s); err != nil {
			return nil, err
		}
	}
	return renderArray(elements), nil
}
