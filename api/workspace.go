package api

import (
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/store"
)

// manages reports whether the caller may administer everything in the workspace: an admin, or who holds MANAGE on it as a whole, by an own
// grant or by a role. With MLflow's workspaces off, that is the default workspace.
func (o *operations) manages(ctx context.Context, c caller, workspace string) (bool, error) {
	if c.Unbounded() {
		return true, nil
	}
	whole := authz.Need{Action: authz.CanManage, Exact: true}
	check, err := o.decider.Meets(ctx, c.Principal, whole, authz.WorkspaceNamed(workspace))
	return check.Met, err
}

func (o *operations) mustManage(ctx context.Context, c caller, workspace string) error {
	if err := c.mustBeUsable(); err != nil {
		return err
	}
	ok, err := o.manages(ctx, c, workspace)
	if err == nil && !ok {
		err = denied("only an admin, or who manages the workspace, may do this.")
	}
	return err
}

// seesRoles holds for who manages the workspace or has a role in it. What MLflow does besides, to count everybody who ever made something
// there, would open it to all.
func (o *operations) seesRoles(ctx context.Context, c caller, workspace string) error {
	if err := c.mustBeUsable(); err != nil {
		return err
	}
	if ok, err := o.manages(ctx, c, workspace); ok || err != nil {
		return err
	}
	for _, id := range c.Roles {
		r, err := o.store.RoleByID(ctx, id)
		if err == nil && r.Workspace == workspace {
			return nil
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return denied("only an admin, who manages the workspace, or who has a role in it may do this.")
}

// managed remembers the answers of manages during one operation that asks for many.
type managed struct {
	*operations
	caller
	known map[string]bool
}

func (o *operations) managedBy(c caller) *managed {
	return &managed{operations: o, caller: c, known: map[string]bool{}}
}

func (m *managed) has(ctx context.Context, workspace string) (bool, error) {
	if ok, asked := m.known[workspace]; asked {
		return ok, nil
	}
	ok, err := m.manages(ctx, m.caller, workspace)
	m.known[workspace] = ok
	return ok, err
}

// managesAny reports whether the caller is an admin of at least one workspace.
func (o *operations) managesAny(ctx context.Context, c caller) (bool, error) {
	for _, holder := range append([]uint64{c.UserID}, c.Roles...) {
		for g, err := range o.store.GrantsOf(ctx, holder) {
			if err != nil {
				return false, err
			}
			if g.Resource.Kind != authz.Workspace {
				continue
			}
			if ok, err := o.manages(ctx, c, g.Resource.Workspace); ok || err != nil {
				return ok, err
			}
		}
	}
	return false, nil
}
