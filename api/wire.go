package api

import (
	"context"

	"extauthz/authz"
)

// The inputs of grant operations, as each generation of MLflow's API spells them. What identifies a grant and what it gives are two types:
// a permission in a request that only looks or deletes is one parameter too many.

type resourceKey struct {
	Username     string     `json:"username"`
	ResourceType string     `json:"resource_type"`
	ResourceID   identifier `json:"resource_id"`
	extra
}

type resourceGrant struct {
	resourceKey
	Permission string `json:"permission"`
}

type experimentKey struct {
	ExperimentID identifier `json:"experiment_id"`
	Username     string     `json:"username"`
	extra
}

type experimentGrant struct {
	experimentKey
	Permission string `json:"permission"`
}

type modelKey struct {
	Name     string `json:"name"`
	Username string `json:"username"`
	extra
}

type modelGrant struct {
	modelKey
	Permission string `json:"permission"`
}

// granting is an input that means a grantInput.
type granting interface {
	input() (grantInput, error)
}

// grant makes a grant operation take another spelling of its input.
func grant[In granting, Out any](do func(context.Context, caller, grantInput) (Out, error)) func(context.Context, caller, In) (Out, error) {
	return func(ctx context.Context, c caller, in In) (Out, error) {
		g, err := in.input()
		if err != nil {
			var none Out
			return none, err
		}
		return do(ctx, c, g)
	}
}

func (in resourceKey) input() (grantInput, error) {
	r, err := resourceOf(in.ResourceType, in.ResourceID)
	return grantInput{Username: in.Username, Resource: r, extra: in.extra}, err
}

func (in resourceGrant) input() (grantInput, error) {
	g, err := in.resourceKey.input()
	g.Permission = in.Permission
	return g, err
}

func (in experimentKey) input() (grantInput, error) {
	err := named("experiment_id", in.ExperimentID.Text)
	if err == nil {
		err = checkID(authz.Experiment, "experiment_id", in.ExperimentID)
	}
	return grantInput{
		Username: in.Username, Resource: authz.InDefault(authz.Experiment, in.ExperimentID.Text),
		Dialect: dialect{kind: "Experiment", parameter: "experiment_id"}, extra: in.extra,
	}, err
}

func (in experimentGrant) input() (grantInput, error) {
	g, err := in.experimentKey.input()
	g.Permission = in.Permission
	return g, err
}

// input refuses the name "*": the generation up to 3.12 has no patterns, and a grant on it would be one on all models.
func (in modelKey) input() (grantInput, error) {
	err := named("name", in.Name)
	if in.Name == authz.AnyID {
		err = invalid("Invalid model name '*': to grant on all registered models, use users/permissions/grant.")
	}
	return grantInput{
		Username: in.Username, Resource: authz.InDefault(authz.RegisteredModel, in.Name),
		Dialect: dialect{kind: "Registered model", parameter: "name"}, extra: in.extra,
	}, err
}

func (in modelGrant) input() (grantInput, error) {
	g, err := in.modelKey.input()
	g.Permission = in.Permission
	return g, err
}
