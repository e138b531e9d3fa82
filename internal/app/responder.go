package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"extauthz/authz"
	"extauthz/authz/filter"
	"extauthz/authz/lookup"
	"extauthz/authz/mlflow"
	"extauthz/envoy"
	"extauthz/internal/ownership"
)

// responder does to a response what its row of the route table says.
type responder struct {
	table    *mlflow.Table
	filter   *filter.Filter
	withhold *filter.Withholder
	graphQL  *filter.GraphQL
	tracker  *ownership.Tracker
	resolver *lookup.Resolver
}

func (r *responder) Respond(ctx context.Context, x envoy.Exchange, resp envoy.Response) (envoy.Answer, error) {
	ctx = authz.WithAsker(ctx, x.Principal.UserID)
	row := r.table.Row(x.Operation, x.Method)
	if row == nil {
		return envoy.Answer{}, fmt.Errorf("no operation %q", x.Operation)
	}
	switch row.Response {
	case authz.Filters:
		return r.list(ctx, row, x, resp)
	case authz.Withholds:
		return r.read(ctx, row, x, resp)
	case authz.Learns:
		r.learn(row, x, resp)
		return envoy.Answer{}, nil
	}
	if err := r.settle(ctx, row, x, resp); err != nil {
		r.tracker.Unsettled(ctx, x.Intent, err)
	}
	if len(row.Withheld) == 0 {
		return envoy.Answer{}, nil
	}
	return r.read(ctx, row, x, resp)
}

// list filters whatever is no error: errors of MLflow carry no rows. A sealed page token is always one to MLflow, and the page that it
// leads to is fetched here.
func (r *responder) list(ctx context.Context, row *mlflow.Row, x envoy.Exchange, resp envoy.Response) (envoy.Answer, error) {
	if x.Principal.Unbounded() || x.Method == http.MethodHead {
		return envoy.Answer{}, nil
	}
	search := filter.Search{Row: row, Method: x.Method, Params: []byte(x.Params), Workspace: x.Workspace}
	next, err := search.Continues()
	switch {
	case err != nil:
		return envoy.Answer{}, err
	case !next && resp.Status >= http.StatusBadRequest:
		return envoy.Answer{}, nil
	case resp.Encoded:
		return envoy.Answer{}, errCompressed
	case next:
		body, err := r.filter.Next(ctx, x.Principal, search)
		if err != nil {
			return envoy.Answer{}, err
		}
		a, err := r.mentions(ctx, row, x, body, false)
		a.Status = http.StatusOK
		return a, err
	case row.Body == mlflow.GraphQLBody:
		return r.fields(ctx, x, resp)
	default:
		body, err := r.filter.First(ctx, x.Principal, search, resp.Body)
		if err != nil {
			return envoy.Answer{}, err
		}
		return r.mentions(ctx, row, x, body, false)
	}
}

// read withholds from whatever is no error: errors of MLflow mention nothing.
func (r *responder) read(ctx context.Context, row *mlflow.Row, x envoy.Exchange, resp envoy.Response) (envoy.Answer, error) {
	if x.Principal.Unbounded() || x.Method == http.MethodHead || resp.Status >= http.StatusBadRequest {
		return envoy.Answer{}, nil
	}
	return r.mentions(ctx, row, x, resp.Body, resp.Encoded)
}

// mentions takes out of a body what it says of other things that the caller may not read.
func (r *responder) mentions(ctx context.Context, row *mlflow.Row, x envoy.Exchange, body []byte, encoded bool) (envoy.Answer, error) {
	if encoded {
		return envoy.Answer{}, errCompressed
	}
	body, err := r.withhold.Mentions(ctx, x.Principal, row, x.Workspace, x.Withheld, body)
	return envoy.Answer{Body: body}, err
}

// learn keeps what the response tells; when that is nothing, somebody will ask.
func (r *responder) learn(row *mlflow.Row, x envoy.Exchange, resp envoy.Response) {
	if resp.Status != http.StatusOK || resp.Encoded {
		return
	}
	if o, err := row.Learned.Read(resp.Body); err == nil {
		r.resolver.Learn(authz.Ref{Kind: row.Learned.Ref, ID: o.ID, Workspace: x.Workspace}, o.Experiment, o.Artifacts)
	}
}

var errCompressed = errors.New("MLflow compressed a response although it was not asked to")

func (r *responder) fields(ctx context.Context, x envoy.Exchange, resp envoy.Response) (envoy.Answer, error) {
	query, err := r.table.Query([]byte(x.Params), x.Workspace)
	if err != nil {
		return envoy.Answer{}, err
	}
	body, err := r.graphQL.Answer(ctx, x.Principal, query, x.Withheld, resp.Body)
	return envoy.Answer{Body: body}, err
}

// settle changes grants before the caller sees the response. The response is shown even when that fails: MLflow has committed, and the
// intent is left to reconciliation.
func (r *responder) settle(ctx context.Context, row *mlflow.Row, x envoy.Exchange, resp envoy.Response) error {
	o := ownership.Outcome{
		IntentID: x.Intent, Response: row.Response, UserID: x.Principal.UserID, Status: resp.Status,
		Subject: authz.Subject{
			Resource: authz.Ref{Workspace: x.Workspace}.In(x.SubjectKind, x.SubjectID),
			Name:     x.Name,
		},
	}
	if resp.Status >= 200 && resp.Status < 300 {
		return r.settleMade(ctx, row.Subject, o, resp.Body)
	}
	return r.tracker.Settle(ctx, o)
}
