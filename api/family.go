package api

import (
	"context"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"extauthz/api/openapi"
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
		{"POST", f.path + "/permissions/create", f.operation("Create"), f.writes("GrantUserPermission", o.createGrant, f.shown())},
		{"GET", f.path + "/permissions/get", f.operation("Get"), f.reads("GetUserGrant", o.getGrant, f.shown())},
		{"PATCH", f.path + "/permissions/update", f.operation("Update"), f.writes("UpdateUserGrant", o.updateGrant, silent)},
		{"DELETE", f.path + "/permissions/delete", f.operation("Delete"), f.reads("RevokeUserPermission", o.deleteGrant, silent)},
	}
}

// operation is how the route table names what is done to a grant: "CreateGatewaySecretPermission".
func (f family) operation(verb string) string {
	name := verb
	for word := range strings.FieldsSeq(f.title) {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return name + "Permission"
}

// familyKey leaves the parameters that identify the resource, which every family calls otherwise, in what is extra.
type familyKey struct {
	Username string `json:"username" api:"required,name"`
	extra
}

type familyGrant struct {
	familyKey
	Permission string `json:"permission" api:"required,enum=READ|USE|EDIT|MANAGE|NO_PERMISSIONS"`
}

type grantOperation func(context.Context, caller, grantInput) (store.Grant, error)

// familyAnswer renders a grant, and describes what comes of it.
type familyAnswer struct {
	render  func([]identifier, store.Grant) any
	success func(openapi.Definitions) openapi.Success
}

var silent = familyAnswer{render: func([]identifier, store.Grant) any { return emptyAnswer{} }, success: answered[emptyAnswer]}

func (f family) writes(typed string, do grantOperation, answer familyAnswer) action {
	return action{
		typed: typed, input: f.input(openapi.Input[familyGrant]()), success: answer.success,
		do: func(ctx context.Context, c caller, input jsontext.Value) (any, error) {
			in, err := decode[familyGrant](input)
			if err != nil {
				return nil, err
			}
			return f.serve(ctx, c, in, do, answer.render)
		},
	}
}

func (f family) reads(typed string, do grantOperation, answer familyAnswer) action {
	return action{
		typed: typed, input: f.input(openapi.Input[familyKey]()), success: answer.success,
		do: func(ctx context.Context, c caller, input jsontext.Value) (any, error) {
			in, err := decode[familyKey](input)
			if err != nil {
				return nil, err
			}
			return f.serve(ctx, c, familyGrant{familyKey: in}, do, answer.render)
		},
	}
}

func (f family) serve(ctx context.Context, c caller, in familyGrant, do grantOperation, render func([]identifier, store.Grant) any) (any, error) {
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
