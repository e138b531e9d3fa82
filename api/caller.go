package api

import (
	"context"

	"extauthz/authz"
)

// caller is who asks for an operation. Every operation begins with one of its methods, or with mayManage.
type caller struct {
	authz.Principal
	// Browser says that a browser sent the request. It adds the credential that it remembers, whoever sits in front of it.
	Browser bool
	// Workspace is where the request looks: MLflow's header, or the default workspace.
	Workspace string
}

// mustBeWhole keeps a restricted credential from changing anything here: it could give itself, or another credential, what it was not given.
func (c caller) mustBeWhole() error {
	if c.Scope == nil {
		return nil
	}
	return authz.Refuse(authz.OutOfScope, "Permission denied: the credential is restricted, and changes nothing about users and permissions. "+
		"Use one without restrictions.")
}

func (c caller) is(username string) bool { return c.Username == username }

// mustBeUsable holds for everybody but an account that has to change its password first.
func (c caller) mustBeUsable() error {
	if !c.MustChangePassword {
		return nil
	}
	return authz.Refuse(authz.MustChangePassword, "Permission denied: this account still has a password that MLflow's documentation names. "+
		"Change it first: PATCH /api/2.0/mlflow/users/update-password.")
}

func (c caller) mustBeAdmin() error {
	if err := c.mustBeUsable(); err != nil {
		return err
	}
	if c.Unbounded() {
		return nil
	}
	if c.Admin {
		return authz.Refuse(authz.OutOfScope, "Permission denied: the credential is restricted, and does nothing that is for admins alone. "+
			"Use one without restrictions.")
	}
	return denied("only an admin may do this.")
}

func (c caller) mustBe(username string) error {
	if err := c.mustBeUsable(); err != nil {
		return err
	}
	return c.mustOwn(username)
}

// mustOwn is mustBe for what an account with a documented password may still do: look at itself and change that password.
func (c caller) mustOwn(username string) error {
	switch {
	case c.is(username):
		return nil
	case c.MustChangePassword:
		return c.mustBeUsable()
	case c.Unbounded():
		return nil
	default:
		return denied("only an admin may do this for another user.")
	}
}

// mayManage holds for who has MANAGE on the resource, as admins and managers of its workspace do. A pattern is nobody's own: it takes one of
// those.
func (o *operations) mayManage(ctx context.Context, c caller, r authz.Resource) error {
	if r.ID == authz.AnyID {
		return o.mustManage(ctx, c, r.Workspace)
	}
	if err := c.mustBeUsable(); err != nil || c.Unbounded() {
		return err
	}
	check, err := o.decider.Decide(ctx, c.Principal, authz.CanManage, r)
	if err != nil {
		return err
	}
	if !check.Met {
		return denied("this needs MANAGE on %s.", r)
	}
	return nil
}
