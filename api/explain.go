package api

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

// Explainer tells how a request is decided. *authz.Authorizer is one: the same engine as every check.
type Explainer interface {
	Explain(ctx context.Context, p authz.Principal, r authz.Request, suppose []authz.Held) authz.Explanation
	ExplainOperation(ctx context.Context, p authz.Principal, r authz.Request, op authz.Operation, suppose []authz.Held) authz.Explanation
}

// Records finds requests that were denied a short while ago, by the id that the answer's x-request-id and Envoy's log have.
type Records interface {
	Recorded(requestID string) (Recorded, bool)
}

// Recorded is a denial that is remembered.
type Recorded struct {
	ID, Method, Path string
	At               time.Time
	Decision         authz.Decision
}

// explainInput is a request that somebody might send, or the id of one that was denied, and grants to suppose.
type explainInput struct {
	RequestID   string            `json:"request_id"`
	Username    string            `json:"username"`
	Method      string            `json:"method"`
	Target      string            `json:"target"` // path and query, as on the wire
	Body        string            `json:"body"`
	ContentType string            `json:"content_type"`
	Headers     map[string]string `json:"headers"`
	Suppose     []supposed        `json:"suppose"`
	extra
}

// supposed is a grant to a user or a role, or with no permission that there were none.
type supposed struct {
	Username     string     `json:"username"`
	Role         string     `json:"role"` // in the resource's workspace
	ResourceType string     `json:"resource_type" api:"required"`
	ResourceID   identifier `json:"resource_id" api:"required"`
	Workspace    string     `json:"workspace"`
	Permission   string     `json:"permission"`
	extra
}

// explained is an explanation, and what was decided at the time when it is about a recorded request.
type explained struct {
	authz.Explanation
	Then *Recorded
	// holders are the names of whoever holds what the explanation names by number.
	Holders map[uint64]string
}

// explain is for admins: it tells whose things are that a request only mentions.
func (o *operations) explain(ctx context.Context, c caller, in explainInput) (explained, error) {
	if err := cmp.Or(c.mustBeAdmin(), in.refuse()); err != nil {
		return explained{}, err
	}
	if o.explainer == nil || o.records == nil {
		return explained{}, badRequest("There is nothing to explain here: this process decides no requests.")
	}
	suppose, err := o.suppose(ctx, in.Suppose)
	if err != nil {
		return explained{}, err
	}
	var e explained
	if in.RequestID != "" {
		e, err = o.explainRecorded(ctx, in, suppose)
	} else {
		e, err = o.explainTyped(ctx, in, suppose)
	}
	if err != nil {
		return explained{}, err
	}
	e.Holders, err = o.names(ctx, e.Held)
	return e, err
}

func (o *operations) explainRecorded(ctx context.Context, in explainInput, suppose []authz.Held) (explained, error) {
	if in.Method != "" || in.Target != "" || in.Body != "" || len(in.Headers) > 0 {
		return explained{}, invalid("Give either the id of a request, or a request.")
	}
	then, ok := o.records.Recorded(in.RequestID)
	if !ok {
		return explained{}, absent("No denied request with the id %s is remembered. The last 1000 denials are, until a restart.", quote(in.RequestID))
	}
	p := then.Decision.Principal
	if in.Username != "" {
		a, err := o.store.AccountByName(ctx, in.Username)
		if err != nil {
			return explained{}, userFailure(in.Username, err)
		}
		p = a.Principal()
	}
	r := authz.Request{ID: then.ID, Method: then.Method, Target: then.Path}
	return explained{Explanation: o.explainer.ExplainOperation(ctx, p, r, then.Decision.Operation, suppose), Then: &then}, nil
}

func (o *operations) explainTyped(ctx context.Context, in explainInput, suppose []authz.Held) (explained, error) {
	if err := cmp.Or(named("username", in.Username), required("method", in.Method), required("target", in.Target)); err != nil {
		return explained{}, err
	}
	a, err := o.store.AccountByName(ctx, in.Username)
	if err != nil {
		return explained{}, userFailure(in.Username, err)
	}
	return explained{Explanation: o.explainer.Explain(ctx, a.Principal(), in.request(), suppose)}, nil
}

// request is framed as a client would frame it.
func (in explainInput) request() authz.Request {
	r := authz.Request{ID: "explain", Method: in.Method, Target: in.Target, Headers: authz.Headers{}}
	for name, value := range in.Headers {
		r.Headers[strings.ToLower(name)] = []string{value}
	}
	if in.Body != "" {
		r.Body = []byte(in.Body)
		r.Headers["content-length"] = []string{strconv.Itoa(len(in.Body))}
		r.Headers["content-type"] = []string{cmp.Or(in.ContentType, "application/json")}
	}
	return r
}

func (o *operations) suppose(ctx context.Context, all []supposed) ([]authz.Held, error) {
	var held []authz.Held
	for _, s := range all {
		h, err := o.supposed(ctx, s)
		if err != nil {
			return nil, err
		}
		held = append(held, h)
	}
	return held, nil
}

func (o *operations) supposed(ctx context.Context, s supposed) (authz.Held, error) {
	r, err := resourceOf("resource_id", s.ResourceType, s.ResourceID)
	if err = cmp.Or(s.refuse(), err); err != nil {
		return authz.Held{}, err
	}
	r.Workspace = cmp.Or(s.Workspace, authz.DefaultWorkspace)
	h := authz.Held{Resource: r, Supposed: true}
	if s.Permission != "" {
		if h.Permission, err = authz.ParsePermission(s.Permission); err != nil {
			return h, invalid("Invalid permission %s in 'suppose'.", quote(s.Permission))
		}
	}
	switch {
	case (s.Username == "") == (s.Role == ""):
		return h, invalid("A supposed grant needs a 'username' or a 'role'.")
	case s.Role != "":
		role, err := o.store.RoleByName(ctx, r.Workspace, s.Role)
		if errors.Is(err, store.ErrNotFound) {
			err = absent("Role %s not found in workspace %s", quote(s.Role), quote(r.Workspace))
		}
		h.Holder = role.ID
		return h, err
	default:
		u, err := o.user(ctx, s.Username)
		h.Holder = u.ID
		return h, err
	}
}

// names of users and roles, by id. One that is gone meanwhile has none.
func (o *operations) names(ctx context.Context, held []authz.Held) (map[uint64]string, error) {
	names := map[uint64]string{}
	for _, h := range held {
		if _, ok := names[h.Holder]; ok {
			continue
		}
		u, err := o.store.UserByID(ctx, h.Holder)
		if err == nil {
			names[h.Holder] = "user " + u.Username
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		role, err := o.store.RoleByID(ctx, h.Holder)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			names[h.Holder] = "role " + role.Name
		}
	}
	return names, nil
}
