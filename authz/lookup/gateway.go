package lookup

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"extauthz/authz"
	table "extauthz/authz/mlflow"
)

const gatewayPath = "3.0/mlflow/gateway/"

// endpoint is a gateway endpoint as MLflow describes it.
type endpoint struct {
	ID         string `json:"endpoint_id"`
	Name       string `json:"name"`
	Experiment string `json:"experiment_id"`
}

// endpointBy asks for the one endpoint whose "endpoint_id" or "name" is value.
func (c *Client) endpointBy(ctx context.Context, key, value string) (endpoint, error) {
	var answer struct {
		Endpoint endpoint `json:"endpoint"`
	}
	_, err := c.Get(ctx, gatewayPath+"endpoints/get", url.Values{key: {value}}, &answer)
	e := answer.Endpoint
	if err == nil && (e.ID == "" || value != e.ID && value != e.Name) {
		err = errAnother // some databases compare names without regard to case
	}
	return e, err
}

// endpointNamed tells the endpoint that has a name now; it can be given another one.
func (c *Client) endpointNamed(ctx context.Context, o owned) (owner, error) {
	e, err := c.endpointBy(ctx, "name", o.id)
	return owner{resources: o.in(authz.GatewayEndpoint, e.ID)}, err
}

// guardrail belongs to the scorer that it runs, and to that scorer's experiment.
func (c *Client) guardrail(ctx context.Context, o owned) (owner, error) {
	var answer struct {
		Guardrail struct {
			ID     string `json:"guardrail_id"`
			Scorer struct {
				Experiment json.Number `json:"experiment_id"`
				Name       string      `json:"scorer_name"`
			} `json:"scorer"`
		} `json:"guardrail"`
	}
	_, err := c.Get(ctx, gatewayPath+"guardrails/get", url.Values{"guardrail_id": {o.id}}, &answer)
	g := answer.Guardrail
	if err == nil && (g.ID != o.id || g.Scorer.Experiment == "" || g.Scorer.Name == "") {
		err = errAnother
	}
	experiment := string(g.Scorer.Experiment)
	return owner{resources: append(o.in(authz.Experiment, experiment), o.in(authz.Scorer, table.ScorerKey(experiment, g.Scorer.Name))...)}, err
}

// tracedEndpoint is what governs where an endpoint is going to log its traces: the endpoint itself, if it has an experiment already.
func (r *Resolver) tracedEndpoint(ctx context.Context, ref authz.Ref) (authz.Resolution, error) {
	e, err := r.client.In(ref.Workspace).endpointBy(ctx, "endpoint_id", ref.ID)
	if err != nil {
		return authz.Resolution{}, lookupError(err)
	}
	if e.Experiment != "" {
		return authz.Governed(ref.In(authz.GatewayEndpoint, ref.ID)), nil
	}
	ref.Kind, ref.ID = authz.RefExperimentToBe, cmp.Or(ref.Experiment, "gateway/"+e.Name)
	return r.toBe(ctx, ref)
}

// toBe is what there is under a name, or what is about to be made.
func (r *Resolver) toBe(ctx context.Context, ref authz.Ref) (authz.Resolution, error) {
	kind := map[authz.RefKind]authz.Kind{
		authz.RefExperimentToBe: authz.Experiment, authz.RefMCPServerToBe: authz.MCPServer, authz.RefSkillToBe: authz.Skill,
	}[ref.Kind]
	found, err := r.client.Named(ctx, ref.In(kind, ref.ID))
	switch {
	case err != nil:
		return authz.Resolution{}, lookupError(err)
	case found.Exists:
		return authz.Governed(ref.In(kind, found.ID)), nil
	case kind == authz.Experiment:
		return authz.Resolution{Resources: []authz.Resource{ref.In(kind, authz.AnyID)}, Vacant: true}, nil
	default:
		return authz.Resolution{Resources: []authz.Resource{ref.In(kind, ref.ID)}, Vacant: true}, nil
	}
}

// listed are where the kinds are listed that MLflow finds by id alone, so that a name has to be looked for.
var listed = map[authz.Kind]string{
	authz.GatewaySecret: "secrets", authz.GatewayModelDefinition: "model-definitions", authz.GatewayEndpoint: "endpoints",
}

// listedRow is one row of any of those lists.
type listedRow struct {
	SecretID   string `json:"secret_id"`
	SecretName string `json:"secret_name"`
	ModelID    string `json:"model_definition_id"`
	EndpointID string `json:"endpoint_id"`
	Name       string `json:"name"`
	Created    millis `json:"created_at"`
	Updated    millis `json:"last_updated_at"`
}

func (r listedRow) id() string { return cmp.Or(r.EndpointID, r.ModelID, r.SecretID) }

func (r listedRow) name() string {
	if r.id() == r.SecretID {
		return r.SecretName
	}
	return r.Name
}

// gatewayNamed finds what has the id or the name of r. One that has been changed since it was made may have got its name later.
func (c *Client) gatewayNamed(ctx context.Context, r authz.Resource) (Named, time.Time, error) {
	var answer struct {
		Secrets   []listedRow `json:"secrets"`
		Models    []listedRow `json:"model_definitions"`
		Endpoints []listedRow `json:"endpoints"`
	}
	date, err := c.Get(ctx, gatewayPath+listed[r.Kind]+"/list", nil, &answer)
	if err != nil {
		return Named{}, date, err
	}
	rows := slices.Concat(answer.Secrets, answer.Models, answer.Endpoints)
	for _, key := range []func(listedRow) string{listedRow.id, listedRow.name} {
		for _, row := range rows {
			if key(row) == r.ID {
				return Named{Kind: r.Kind, ID: row.id(), Created: row.Created.time(), Altered: row.Updated > row.Created}, date, nil
			}
		}
	}
	return Named{}, date, ErrNotFound
}
