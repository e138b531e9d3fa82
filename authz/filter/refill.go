package filter

import (
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

const (
	refillPage = 1000 // rows to ask for at a time; every search of MLflow takes that many
	lookAhead  = 8    // rows to ask for first behind a page that is full: mostly one of them is readable
)

// refill is one page being put together. It goes on behind a full page until it knows whether a further row may be read: a token that is
// there because of hidden rows would tell of them.
type refill struct {
	*Filter
	search    Search
	cursor    cursor
	params    map[string]any
	principal authz.Principal
	limit     int
	kept      []mlflow.PageRow
	token     string  // of the first row not looked at, or of the first readable one behind a full page
	ended     bool    // the token is that of a readable row
	asked     bool    // MLflow has been asked for more
	versions  *either // rows that do not say what they belong to
}

// page filters MLflow's page that starts at the token, fills it up and renders it.
func (r *refill) page(ctx context.Context, body []byte, start string) ([]byte, error) {
	list := r.search.Row.Listing
	page, err := list.ParsePage(body)
	if err != nil {
		return nil, err
	}
	r.limit = len(page.Rows)
	if err := r.keep(ctx, page, start); err != nil {
		return nil, err
	}
	if r.limit == 0 {
		r.token = "" // it would tell of rows that the answer does not have
	}
	if err := r.fill(ctx); err != nil {
		return nil, err
	}
	page.Rows, page.Token = r.kept, r.Tokens.seal(r.token, r.cursor)
	return page.Render(list)
}

// fill asks for more until the page is full and the next readable row found, or the rows or the time have run out.
func (r *refill) fill(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, r.Refill)
	defer cancel()
	for r.token != "" && !r.ended && bounded.Err() == nil {
		if err := r.more(bounded); err != nil && bounded.Err() == nil {
			return err
		}
	}
	return nil
}

// more asks MLflow for the next rows.
func (r *refill) more(ctx context.Context) error {
	start := r.token
	r.params[tokenParam], r.params[sizeParam] = start, r.ask()
	r.asked = true
	body, err := r.MLflow(r.search.Workspace).Search(ctx, r.search.Method, r.search.Row.Path, r.params)
	if err != nil {
		return err
	}
	page, err := r.search.Row.Listing.ParsePage(body)
	if err != nil {
		return err
	}
	return r.keep(ctx, page, start)
}

// ask is how many rows to ask for: as many as fit, where only MLflow knows the token of a row in the middle of its answer.
func (r *refill) ask() int {
	missing := r.limit - len(r.kept)
	_, offsets := mlflow.TokenOffset(r.token)
	switch {
	case !offsets:
		return max(missing, 1)
	case missing == 0 && !r.asked:
		return lookAhead
	default:
		return max(refillPage, r.limit)
	}
}

// keep takes over the readable rows of a page that starts at the token, until the limit, and moves the token behind the last one seen. On
// an error it takes over none, since the token stays.
func (r *refill) keep(ctx context.Context, page mlflow.Page, start string) error {
	before := r.kept
	list := r.search.Row.Listing
	for i, row := range page.Rows {
		readable, err := r.mayRead(ctx, list, row)
		if err != nil {
			r.kept = before
			return err
		}
		if !readable {
			continue
		}
		if len(r.kept) == r.limit {
			return r.end(start, i)
		}
		r.kept = append(r.kept, row)
	}
	r.token = page.Token
	return nil
}

func (r *refill) mayRead(ctx context.Context, list *mlflow.Listing, row mlflow.PageRow) (bool, error) {
	ref := authz.Ref{Kind: authz.RefRegisteredModel, ID: row.ID, Workspace: r.search.Workspace}
	if row.Kind == "" {
		return r.versions.met(ctx, r.principal, list.Need(row), ref)
	}
	if list.Ref != 0 {
		return r.mayReadNamed(ctx, list, row)
	}
	resource := ref.In(row.Kind, row.ID)
	if row.Kind == authz.Workspace {
		resource = authz.WorkspaceNamed(row.ID)
	}
	c, err := r.Decider.Meets(ctx, r.principal, list.Need(row), resource)
	return c.Met, err
}

// mayReadNamed looks the row's resource up. What is gone meanwhile is not shown.
func (r *refill) mayReadNamed(ctx context.Context, list *mlflow.Listing, row mlflow.PageRow) (bool, error) {
	found, err := r.Resolver.Resolve(ctx, authz.Ref{Kind: list.Ref, ID: row.ID, Workspace: r.search.Workspace})
	var refusal *authz.Refusal
	if errors.As(err, &refusal) && refusal.Reason == authz.UnknownResource {
		return false, nil
	}
	for _, resource := range found.Resources {
		if c, err := r.Decider.Meets(ctx, r.principal, list.Need(row), resource); err != nil || !c.Met {
			return false, err
		}
	}
	return err == nil && len(found.Resources) > 0, err
}

// end moves the token to the i-th row of the page that starts at the token.
func (r *refill) end(start string, i int) error {
	r.token, r.ended = start, true
	if i == 0 {
		return nil
	}
	offset, ok := mlflow.TokenOffset(start)
	if !ok {
		return errors.New("MLflow answered more rows than it was asked for")
	}
	r.token = mlflow.OffsetToken(offset + i)
	return nil
}
