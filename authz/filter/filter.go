package filter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// refillPage is how many rows are asked for at a time; every search of MLflow takes that many.
const refillPage = 1000

// Searcher repeats a search of MLflow with other parameters and returns the answer's body.
type Searcher interface {
	Search(ctx context.Context, method, path string, params map[string]any) ([]byte, error)
}

// Decider judges one action on one resource.
type Decider interface {
	Meets(ctx context.Context, userID uint64, need authz.Need, r authz.Resource) (authz.Check, error)
}

// Filter filters pages. All fields are required. Refill bounds the time spent on refilling one page: what is found by then is answered,
// with a token that goes on from there.
type Filter struct {
	MLflow  Searcher
	Decider Decider
	Refill  time.Duration
}

// Search is the search whose response is filtered: its row of the table, and the parameters it was called with.
type Search struct {
	Row    *mlflow.Row
	Method string
	Params []byte // canonical JSON, as authz.Operation.Params
}

// Page returns the response body with only the rows that the user may read. Any error means that the body must not be shown.
func (f *Filter) Page(ctx context.Context, userID uint64, s Search, body []byte) ([]byte, error) {
	params := map[string]any{}
	if err := json.Unmarshal(s.Params, &params); err != nil {
		return nil, fmt.Errorf("search parameters: %w", err)
	}
	page, err := s.Row.Listing.ParsePage(body)
	if err != nil {
		return nil, err
	}
	start, _ := params["page_token"].(string)
	r := refill{Filter: f, search: s, params: params, userID: userID, limit: len(page.Rows)}
	if err := r.keep(ctx, page, start); err != nil {
		return nil, err
	}
	if len(page.Rows) == 0 {
		r.token = "" // it would tell of rows that the answer does not have
	}
	bounded, cancel := context.WithTimeout(ctx, f.Refill)
	defer cancel()
	for r.token != "" && len(r.kept) < r.limit && bounded.Err() == nil {
		if err := r.more(bounded); err != nil && bounded.Err() == nil {
			return nil, err
		}
	}
	page.Rows, page.Token = r.kept, r.token
	return page.Render(s.Row.Listing)
}

// refill is one page being put together.
type refill struct {
	*Filter
	search Search
	params map[string]any
	userID uint64
	limit  int
	kept   []mlflow.PageRow
	token  string // of the first row not looked at
}

// more asks MLflow for the next rows.
func (r *refill) more(ctx context.Context) error {
	start := r.token
	r.params["page_token"], r.params["max_results"] = start, r.ask(start)
	body, err := r.MLflow.Search(ctx, r.search.Method, r.search.Row.Path, r.params)
	if err != nil {
		return err
	}
	page, err := r.search.Row.Listing.ParsePage(body)
	if err != nil {
		return err
	}
	return r.keep(ctx, page, start)
}

func (r *refill) ask(token string) int {
	if _, ok := mlflow.TokenOffset(token); ok {
		return max(refillPage, r.limit)
	}
	return r.limit - len(r.kept)
}

// keep takes over the readable rows of a page that starts at the token, until the limit, and moves the token behind the last one seen. On
// an error it takes over none, since the token stays.
func (r *refill) keep(ctx context.Context, page mlflow.Page, start string) error {
	before := r.kept
	for i, row := range page.Rows {
		if len(r.kept) == r.limit {
			offset, ok := mlflow.TokenOffset(start)
			if !ok {
				return errors.New("MLflow answered more rows than it was asked for")
			}
			r.token = mlflow.OffsetToken(offset + i)
			return nil
		}
		c, err := r.Decider.Meets(ctx, r.userID, authz.Need{Action: authz.CanRead, Part: r.search.Row.Listing.Part}, authz.InDefault(r.search.Row.Listing.Kind, row.ID))
		if err != nil {
			r.kept = before
			return err
		}
		if c.Met {
			r.kept = append(r.kept, row)
		}
	}
	r.token = page.Token
	return nil
}
