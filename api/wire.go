package api

import (
	"context"
)

// The inputs of grant operations, as MLflow's API from 3.13 on spells them; family.go has the generation before. What identifies a grant and what it gives are two types:
// a permission in a request that only looks or deletes is one parameter too many.

type resourceKey struct {
	Username     string     `json:"username" api:"required,name"`
	ResourceType string     `json:"resource_type" api:"required"`
	ResourceID   identifier `json:"resource_id" api:"required"`
	extra
}

type resourceGrant struct {
	resourceKey
	Permission string `json:"permission" api:"required,enum=READ|USE|EDIT|MANAGE|DENY"`
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
		g.Resource.Workspace = c.Workspace
		return do(ctx, c, g)
	}
}

func (in resourceKey) input() (grantInput, error) {
	r, err := resourceOf("resource_id", in.ResourceType, in.ResourceID)
	return grantInput{Username: in.Username, Resource: r, extra: in.extra}, err
}

func (in resourceGrant) input() (grantInput, error) {
	g, err := in.resourceKey.input()
	g.Permission = in.Permission
	return g, err
}
