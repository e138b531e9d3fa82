package filter

import (
	"context"
	"errors"
	"time"

	"github.com/go-json-experiment/json"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// Searcher repeats a search of MLflow in one workspace with other parameters and returns the answer's body.
type Searcher interface {
	Search(ctx context.Context, method, path string, params map[string]any) ([]byte, error)
}

// Decider judges one action on one resource.
type Decider interface {
	Meets(ctx context.Context, p authz.Principal, need authz.Need, r authz.Resource) (authz.Check, error)
}

// Filter filters pages. All fields are required. Refill bounds the time spent on refilling one page: what is found by then is answered,
// with a token that goes on from there.
type Filter struct {
	MLflow   func(workspace string) Searcher
	Resolver authz.Resolver
	Decider  Decider
	Tokens   *Tokens
	Refill   time.Duration
}

// Search is the search whose response is filtered: its row of the table, and the parameters it was called with.
type Search struct {
	Row    *mlflow.Row
	Method string
	Params []byte // canonical JSON, as authz.Operation.Params
	// Workspace is where it looks, as authz.Operation.Workspace.
	Workspace string
}

const (
	tokenParam = "page_token"
	sizeParam  = "max_results"
)

// First returns MLflow's answer to a search without a page token with only the rows that the user may read. Any error means that the body
// must not be shown.
func (f *Filter) First(ctx context.Context, p authz.Principal, s Search, body []byte) ([]byte, error) {
	r, err := f.begin(p, s)
	if err != nil {
		return nil, err
	}
	if r.cursor.token != "" {
		return nil, errors.New("a page token on the first page")
	}
	return r.page(ctx, body, "")
}

// Next returns the page that the search's sealed token leads to. It asks MLflow itself, as the request's token means nothing to MLflow.
func (f *Filter) Next(ctx context.Context, p authz.Principal, s Search) ([]byte, error) {
	r, err := f.begin(p, s)
	if err != nil {
		return nil, err
	}
	start, err := f.Tokens.open(r.cursor)
	if err != nil {
		return nil, err
	}
	r.params[tokenParam] = start
	body, err := f.MLflow(s.Workspace).Search(ctx, s.Method, s.Row.Path, r.params)
	if err != nil {
		return nil, err
	}
	return r.page(ctx, body, start)
}

// Continues reports whether the search asks for another page than the first.
func (s Search) Continues() (bool, error) {
	c, err := cursorOf(0, s.Row.Operation, s.Workspace, s.Params)
	return c.token != "", err
}

func (f *Filter) begin(p authz.Principal, s Search) (*refill, error) {
	c, err := cursorOf(p.UserID, s.Row.Operation, s.Workspace, s.Params)
	if err != nil {
		return nil, err
	}
	r := &refill{Filter: f, search: s, cursor: c, params: map[string]any{}, principal: p, versions: newEither(f.Decider, f.Resolver)}
	return r, json.Unmarshal(s.Params, &r.params)
}
