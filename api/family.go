package api

import (
	"context"

	"github.com/go-json-experiment/json/jsontext"

	"extauthz/authz"
	"extauthz/store"
)

// family is the permissions on one kind of resource as MLflow up to 3.12 has them: four endpoints of the same shape.
type family struct {
	path   string // "/api/2.0/mlflow/experiments"
	answer string // what the answer is called: "experiment_permission"
	title  string // what messages call it: "Experiment"
	kind   authz.Kind
	// parameters identify the resource: "experiment_id".
	parameters []string
}

func families() []family {
	return []family{
		{"/api/2.0/mlflow/experiments", "experiment_permission", "Experiment", authz.Experiment, []string{"experiment_id"}},
		{"/api/2.0/mlflow/registered-models", "registered_model_permission", "Registered model", authz.RegisteredModel, []string{"name"}},
		{"/api/3.0/mlflow/scorers", "scorer_permission", "Scorer", authz.Scorer, []string{"experiment_id", "scorer_name"}},
		{"/api/3.0/mlflow/gateway/secrets", "gateway_secret_permission", "Gateway secret", authz.GatewaySecret, []string{"secret_id"}},
		{"/api/3.0/mlflow/gateway/endpoints", "gateway_endpoint_permission", "Gateway endpoint", authz.GatewayEndpoint, []string{"endpoint_id"}},
		{
			"/api/3.0/mlflow/gateway/model-definitions", "gateway_model_definition_permission", "Gateway model definition",
			authz.GatewayModelDefinition,
			[]string{"model_definition_id"},
		},
	}
}

func (f family) endpoints(o *operations) []endpoint {
	return []endpoint{
		{"POST", f.path + "/permissions/create", f.writes(o.createGrant, f.one)},
		{"GET", f.path + "/permissions/get", f.reads(o.getGrant, f.one)},
		{"PATCH", f.path + "/permissions/update", f.writes(o.updateGrant, empty)},
		{"DELETE", f.path + "/permissions/delete", f.reads(o.deleteGrant, empty)},
	}
}

// familyKey leaves the parameters that identify the resource, which every family calls otherwise, in what is extra.
type familyKey struct {
	Username string `json:"username"`
	extra
}

type familyGrant struct {
	familyKey
	Permission string `json:"permission"`
}

type (
	grantOperation func(context.Context, caller, grantInput) (store.Grant, error)
	familyAnswer   func([]identifier, store.Grant) any
)

func (f family) writes(do grantOperation, render familyAnswer) action {
	return func(ctx context.Context, c caller, input jsontext.Value) (any, error) {
		in, err := decode[familyGrant](input)
		if err != nil {
			return nil, err
		}
		return f.serve(ctx, c, in, do, render)
	}
}

func (f family) reads(do grantOperation, render familyAnswer) action {
	return func(ctx context.Context, c caller, input jsontext.Value) (any, error) {
		in, err := decode[familyKey](input)
		if err != nil {
			return nil, err
		}
		return f.serve(ctx, c, familyGrant{familyKey: in}, do, render)
	}
}

func (f family) serve(ctx context.Context, c caller, in familyGrant, do grantOperation, render familyAnswer) (any, error) {
	ids, err := f.take(&in.extra)
	if err != nil {
		return nil, err
	}
	resource, err := f.resource(ids)
	if err != nil {
		return nil, err
	}
	resource.Workspace = c.Workspace
	g, err := do(ctx, c, grantInput{
		Username: in.Username, Resource: resource, Permission: in.Permission, Dialect: dialect{kind: f.title, named: f.describe(ids)}, extra: in.extra,
	})
	if err != nil {
		return nil, err
	}
	return render(ids, g), nil
}
