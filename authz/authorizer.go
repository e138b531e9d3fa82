package authz

import (
	"cmp"
	"context"
	"errors"
	"net/http"
)

// Authorizer decides requests. All fields but Intents are required; without Intents every create, rename and delete is refused.
type Authorizer struct {
	Authenticator Authenticator
	Mapper        Mapper
	Resolver      Resolver
	Grants        Grants
	Intents       Intents
	PageTokens    PageTokens
	// Default is the permission on resources that nothing is granted on. The zero value allows nothing.
	Default Permission
	// Report says which operations are only reported: whatever would be denied is let through, and noted. nil enforces everything. It is for
	// adopting this service in front of a server that people use already.
	Report func(Operation) bool
	// Workspaces says how MLflow's workspaces are set.
	Workspaces Workspaces
	// Creators says who may create what; a kind that it does not name is everybody's to create. RoleNames is needed when it names roles.
	Creators  map[Kind]Creators
	RoleNames RoleNames
	// Steps is told when a step of a decision begins, and returns the context of the step and what to call at its end. nil tells nobody.
	Steps func(ctx context.Context, step string) (context.Context, func())
}

// Workspaces are MLflow's --enable-workspaces and grant_default_workspace_access. With workspaces on, nobody has the default permission,
// unless it is shared, on what lies in the default workspace.
type Workspaces struct {
	On              bool
	DefaultIsShared bool
}

// Authorize decides one request. It never fails: whatever goes wrong is a denial with a reason. A context that is done denies, too.
func (a *Authorizer) Authorize(ctx context.Context, r Request) Decision {
	d := a.decide(ctx, r)
	if err := ctx.Err(); err != nil && d.Effect == Allowed {
		d = deny(d, err)
	}
	return a.report(d, r)
}

func (a *Authorizer) decide(ctx context.Context, r Request) (d Decision) {
	if a.Mapper.Public(r) {
		return a.open(r)
	}
	var err error
	if d.Principal, err = a.authenticate(ctx, r); err != nil {
		return deny(d, err)
	}
	if !d.Principal.Known() {
		return deny(d, errors.New("the authenticator returned nobody"))
	}
	ctx = WithAsker(ctx, d.Principal.UserID)
	op, mapErr := a.mapped(ctx, r)
	d.Operation, d.Mapped = op, op.Access != 0
	if err := cmp.Or(restricted(d.Principal, op), crossSite(r)); err != nil {
		return deny(d, err)
	}
	if mapErr != nil {
		return a.unmapped(d, mapErr)
	}
	return a.judge(ctx, d, r)
}

// open lets everybody through to a public operation.
func (a *Authorizer) open(r Request) Decision {
	op, err := a.Mapper.Map(r)
	d := Decision{Operation: op, Mapped: true}
	if err == nil && op.Access != AccessPublic {
		err = errors.New("a request is public and is not")
	}
	if err != nil {
		return deny(d, err)
	}
	return allow(d, Public)
}

// restricted keeps an account with a known default password from doing anything but changing it.
func restricted(p Principal, op Operation) error {
	if !p.MustChangePassword || op.Access == AccessOwnPassword {
		return nil
	}
	return Refuse(MustChangePassword,
		"This account still has MLflow's documented default password. Change it first: PATCH /api/2.0/mlflow/users/update-password.")
}

// unmapped lets an admin reach what no row names, so that a new MLflow release stays usable. Every other refusal of the Mapper is about
// a request that can be read in two ways, and holds for admins as well.
func (a *Authorizer) unmapped(d Decision, err error) Decision {
	if d.Principal.Unbounded() && asRefusal(err).Reason == UnmappedRoute {
		return allow(d, IsAdmin)
	}
	return deny(d, err)
}

func (a *Authorizer) judge(ctx context.Context, d Decision, r Request) Decision {
	ctx, ended := a.begin(ctx, StepDecide)
	defer ended()
	var reason Reason
	var err error
	switch {
	case !d.Mapped:
		err = errors.New("an operation without access")
	case d.Operation.Access == AccessAuthAPI || d.Operation.Access == AccessOwnPassword:
		return allow(d, Delegated)
	case d.Operation.Access == AccessNobody:
		err = Refuse(SwitchedOff, "Permission denied: "+d.Operation.Name+" is refused to everybody here, admins included.")
	case d.Principal.Unbounded():
		reason = IsAdmin
	case d.Operation.Access == AccessAdmin:
		err = Refuse(AdminOnly, "Permission denied: only an admin may call "+d.Operation.Name+".")
	case d.Operation.Access == AccessAuthenticated:
		reason, err = a.authenticated(ctx, &d, r)
	case d.Operation.Access == AccessGranted:
		reason = Granted
		d.Checks, err = a.check(ctx, d.Principal, d.Operation.Needs)
	default:
		err = errors.New("an operation with an access that is none")
	}
	if err == nil {
		err = a.makes(ctx, d.Principal, d.Operation)
	}
	if err == nil {
		err = a.prepareResponse(ctx, &d, r)
	}
	if err != nil {
		return deny(d, err)
	}
	return allow(d, reason)
}

// authenticated judges what is open to every principal, unless a need refuses it.
func (a *Authorizer) authenticated(ctx context.Context, d *Decision, r Request) (Reason, error) {
	err := inScope(d.Principal, d.Operation, r)
	if err != nil || len(d.Operation.Needs) == 0 {
		return Authenticated, err
	}
	d.Checks, err = a.check(ctx, d.Principal, d.Operation.Needs)
	return Granted, err
}

// inScope judges an operation that is open to everybody by what the credential is for: a restricted one may look, and make something new only
// where it may do anything with all of that kind.
func inScope(p Principal, op Operation, r Request) error {
	looks := r.Method == http.MethodGet || r.Method == http.MethodHead || op.Response == Filters
	made := op.Subject.Resource
	made.ID = AnyID
	if p.Scope == nil || looks || op.Response == Creates && p.Scope.Limit(made) == Manage {
		return nil
	}
	return Refuse(OutOfScope, "Permission denied: the credential was not given enough to call "+op.Name+". Use one without restrictions.")
}

// prepareResponse refuses what needs a response that we would not see, and records the intent of a change before it happens.
func (a *Authorizer) prepareResponse(ctx context.Context, d *Decision, r Request) error {
	if err := a.readResponse(ctx, d); err != nil || d.Untouched {
		return err
	}
	if !r.Proxy.FiltersResponse && d.Operation.Response == Learns {
		return nil // MLflow is asked for the owner when it first matters
	}
	if !r.Proxy.FiltersResponse {
		return Refuse(UnfilteredResponse,
			"The proxy does not pass the response of "+d.Operation.Name+" through extauthz (ext_proc). Its route needs what `extauthz envoy-config` renders.")
	}
	switch d.Operation.Response {
	case Filters, Withholds, Learns:
		return nil
	}
	if a.Intents == nil {
		return errors.New("no place to record intents")
	}
	var err error
	d.IntentID, err = a.Intents.Begin(ctx, d.Principal, d.Operation)
	return err
}

// readResponse tells whether anything has to be done to what this principal gets to read, and what.
func (a *Authorizer) readResponse(ctx context.Context, d *Decision) error {
	if d.Operation.Response == Filters {
		if err := a.PageTokens.Admit(d.Principal, d.Operation); err != nil {
			return err
		}
	}
	reading := d.Operation.Response == Filters || d.Operation.Response == Withholds
	if d.Operation.Response == "" || d.Principal.Unbounded() {
		d.Untouched = d.Operation.Response == "" || reading
		return nil
	}
	var err error
	d.Withheld, err = a.unreadable(ctx, d.Principal, d.Operation)
	d.Untouched = d.Operation.Response == Withholds && !d.Operation.Mentioned && len(d.Withheld) == 0
	return err
}

// unreadable are the kinds of which the principal is denied every part. A grant on a kind says so; the default permission never does.
func (a *Authorizer) unreadable(ctx context.Context, p Principal, op Operation) ([]Kind, error) {
	var kinds []Kind
	for _, kind := range op.Mentions {
		permission, err := a.granted(ctx, p, Ref{Workspace: op.Workspace}.In(kind, AnyID))
		if err != nil {
			return nil, err
		}
		if permission != NoGrant && !permission.Allows(CanRead) {
			kinds = append(kinds, kind)
		}
	}
	return kinds, nil
}
