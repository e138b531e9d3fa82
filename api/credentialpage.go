package api

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"extauthz/api/pages"
	"extauthz/authz"
	"extauthz/store"
)

// credentialPage is the page of one kind of credentials.
type credentialPage struct {
	*site
	name, path string
	all        func(context.Context, caller, maybeUser) (userCredentials, error)
	issue      func(context.Context, caller, newAccessKey) (madeCredential, error)
	end        func(context.Context, caller, byCredential) (nothing, error)
}

func (s *site) tokenPage() credentialPage {
	token := func(ctx context.Context, c caller, in newAccessKey) (madeCredential, error) {
		return s.ops.createToken(ctx, c, in.newCredential)
	}
	return credentialPage{s, "tokens", "/extauthz/tokens", s.ops.listTokens, token, s.ops.deleteToken}
}

func (s *site) accessKeyPage() credentialPage {
	return credentialPage{s, "accesskeys", "/extauthz/access-keys", s.ops.listAccessKeys, s.ops.createAccessKey, s.ops.deleteAccessKey}
}

// list shows the caller's, or for an admin those of the user that is asked for.
func (p credentialPage) list(ctx context.Context, v visit) (any, error) {
	view := pages.Credentials{Form: p.form(visit{})}
	if name := v.form.one("revoked"); name != "" {
		view.Notice = "Revoked: " + name
	}
	return p.shown(ctx, v, view, nil)
}

// create shows the new secret, for the only time. "More rows" shows the form again, and does nothing.
func (p credentialPage) create(ctx context.Context, v visit) (any, error) {
	view := pages.Credentials{Form: p.form(v)}
	if v.form.one("more") != "" {
		view.Form.Rows = append(view.Form.Rows, make([]pages.Ceiling, rowsAtFirst)...)
		return p.shown(ctx, v, view, nil)
	}
	in, err := v.form.newCredential()
	var made madeCredential
	if err == nil {
		made, err = p.issue(ctx, v.caller, in)
	}
	if err != nil {
		return p.refused(ctx, v, view, err)
	}
	view.Made, view.Form = p.made(made), p.form(visit{})
	return p.shown(ctx, v, view, nil)
}

func (p credentialPage) made(m madeCredential) *pages.Made {
	if m.Kind == store.Token {
		return &pages.Made{Name: m.Name, Token: m.Secret}
	}
	return &pages.Made{Name: m.Name, KeyID: string(m.Key), Secret: m.Secret, SessionToken: m.SessionToken}
}

// revoke goes back to the list, so that a reload repeats nothing.
func (p credentialPage) revoke(ctx context.Context, v visit) (any, error) {
	username, name := v.form.one("username"), v.form.one("name")
	if _, err := p.end(ctx, v.caller, byCredential{Username: username, Name: name}); err != nil {
		return p.refused(ctx, v, pages.Credentials{Form: p.form(visit{})}, err)
	}
	back := url.Values{"revoked": {name}}
	if username != "" && !v.is(username) {
		back.Set("username", username)
	}
	return movedTo(p.prefix + p.path + "?" + back.Encode()), nil
}

// refused shows the page with the reason, to who may see the page.
func (p credentialPage) refused(ctx context.Context, v visit, view pages.Credentials, err error) (any, error) {
	if f := asFailure(err); f.status >= http.StatusInternalServerError {
		return nil, err
	}
	view.Error = asFailure(err).text
	return p.shown(ctx, v, view, err)
}

func (p credentialPage) shown(ctx context.Context, v visit, view pages.Credentials, refused error) (any, error) {
	all, err := p.all(ctx, v.caller, maybeUser{Username: v.form.trimmed("username")})
	if err != nil {
		return nil, cmp.Or(refused, err)
	}
	view.Of, view.Own = all.Username, v.is(all.Username)
	for _, c := range all.Credentials {
		view.Listed = append(view.Listed, p.row(c))
	}
	page := p.page(v.Principal, p.name, view)
	page.Token = v.token
	return document{page: page, refused: refused}, nil
}

func (p credentialPage) row(c store.Credential) pages.Credential {
	row := pages.Credential{
		Name: c.Name, CreatedAt: c.CreatedAt, ExpiresAt: c.ExpiresAt, Used: c.LastUsedAt,
		Expired: !c.ExpiresAt.IsZero() && !c.ExpiresAt.After(p.ops.now()), Everything: c.Scope == nil,
	}
	if c.Kind == store.AccessKey {
		row.KeyID = string(c.Key)
	}
	if c.Scope != nil {
		row.ReadOnly = c.Scope.ReadOnly
		for _, one := range c.Scope.Ceilings {
			row.Resources = append(row.Resources, p.ceiling(one))
		}
	}
	return row
}

// ceiling leaves out the workspace where there is only one.
func (p credentialPage) ceiling(c authz.Ceiling) pages.Ceiling {
	row := pages.Ceiling{Permission: c.Permission.String(), Kind: string(c.Resource.Kind), ID: c.Resource.ID}
	if p.ops.workspaces {
		row.Workspace = c.Resource.Workspace
	}
	return row
}
