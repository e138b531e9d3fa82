package api

import (
	"context"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Endpoint is one method and path that this API answers.
type Endpoint struct {
	Method string
	Path   string
}

// Endpoints lists all of them without a static prefix, so that whoever routes requests here can be checked against it.
func Endpoints() []Endpoint {
	var all []Endpoint
	for _, e := range (&operations{}).endpoints() {
		for _, path := range e.paths() {
			all = append(all, Endpoint{Method: e.method, Path: path})
		}
	}
	return all
}

// endpoint is a row of the table: one operation of MLflow's REST API.
type endpoint struct {
	method string
	path   string
	serve  action
}

// action decodes an operation's input, carries it out and renders the answer.
type action func(ctx context.Context, c caller, input jsontext.Value) (any, error)

func (o *operations) endpoints() []endpoint {
	return []endpoint{
		{"POST", "/api/2.0/mlflow/users/create", serve(o.createUser, fullUser)},
		{"GET", "/api/2.0/mlflow/users/get", serve(o.getUser, fullUser)},
		{"GET", "/api/2.0/mlflow/users/list", serve(o.listUsers, userList)},
		{"GET", "/api/2.0/mlflow/users/current", serve(o.currentUser, current)},
		{"PATCH", "/api/2.0/mlflow/users/update-password", serve(o.updatePassword, empty)},
		{"PATCH", "/api/2.0/mlflow/users/update-admin", serve(o.updateAdmin, empty)},
		{"DELETE", "/api/2.0/mlflow/users/delete", serve(o.deleteUser, empty)},
		{"GET", "/api/3.0/mlflow/users/current/permissions", serve(o.currentGrants, grantList)},

		{"POST", "/api/3.0/mlflow/users/permissions/grant", serve(grant[resourceGrant](o.createGrant), empty)},
		{"POST", "/api/3.0/mlflow/users/permissions/revoke", serve(grant[resourceKey](o.deleteGrant), empty)},
		{"GET", "/api/3.0/mlflow/users/permissions/get", serve(grant[resourceKey](o.effectivePermission), effectiveLevel)},
		{"GET", "/api/3.0/mlflow/users/permissions/list", serve(o.getUser, grantList)},
		{"GET", "/api/3.0/mlflow/users/roles/list", serve(o.getUser, roleList)},

		{"POST", "/api/1.0/extauthz/tokens/create", serve(o.createToken, tokenMade)},
		{"GET", "/api/1.0/extauthz/tokens/list", serve(o.listTokens, credentialList)},
		{"DELETE", "/api/1.0/extauthz/tokens/delete", serve(o.deleteToken, empty)},
		{"POST", "/api/1.0/extauthz/access-keys/create", serve(o.createAccessKey, accessKeyMade)},
		{"GET", "/api/1.0/extauthz/access-keys/list", serve(o.listAccessKeys, credentialList)},
		{"DELETE", "/api/1.0/extauthz/access-keys/delete", serve(o.deleteAccessKey, empty)},

		{"POST", "/api/2.0/mlflow/experiments/permissions/create", serve(grant[experimentGrant](o.createGrant), experimentPermission)},
		{"GET", "/api/2.0/mlflow/experiments/permissions/get", serve(grant[experimentKey](o.getGrant), experimentPermission)},
		{"PATCH", "/api/2.0/mlflow/experiments/permissions/update", serve(grant[experimentGrant](o.updateGrant), empty)},
		{"DELETE", "/api/2.0/mlflow/experiments/permissions/delete", serve(grant[experimentKey](o.deleteGrant), empty)},

		{"POST", "/api/2.0/mlflow/registered-models/permissions/create", serve(grant[modelGrant](o.createGrant), modelPermission)},
		{"GET", "/api/2.0/mlflow/registered-models/permissions/get", serve(grant[modelKey](o.getGrant), modelPermission)},
		{"PATCH", "/api/2.0/mlflow/registered-models/permissions/update", serve(grant[modelGrant](o.updateGrant), empty)},
		{"DELETE", "/api/2.0/mlflow/registered-models/permissions/delete", serve(grant[modelKey](o.deleteGrant), empty)},
	}
}

// paths are where the endpoint answers. The generation up to 3.12 never had the /ajax-api twins that the web UI calls.
func (e endpoint) paths() []string {
	if !strings.Contains(e.path, "/mlflow/users/") && !strings.Contains(e.path, "/extauthz/") {
		return []string{e.path}
	}
	return []string{e.path, strings.Replace(e.path, "/api/", "/ajax-api/", 1)}
}

// serve makes an action of a typed operation.
func serve[In, Out any](do func(context.Context, caller, In) (Out, error), render func(In, Out) any) action {
	return func(ctx context.Context, c caller, input jsontext.Value) (any, error) {
		in, err := decode[In](input)
		if err != nil {
			return nil, err
		}
		out, err := do(ctx, c, in)
		if err != nil {
			return nil, err
		}
		return render(in, out), nil
	}
}
