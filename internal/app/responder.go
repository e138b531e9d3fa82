package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/authz"
	"extauthz/authz/filter"
	"extauthz/authz/mlflow"
	"extauthz/envoy"
	"extauthz/internal/ownership"
)

// responder does to a response what its row of the route table says.
type responder struct {
	table   *mlflow.Table
	filter  *filter.Filter
	graphQL *filter.GraphQL
	tracker *ownership.Tracker
}

func (r *responder) Respond(ctx context.Context, x envoy.Exchange, resp envoy.Response) ([]byte, error) {
	row := r.table.Row(x.Operation, x.Method)
	if row == nil {
		return nil, fmt.Errorf("no operation %q", x.Operation)
	}
	if row.Response == authz.Filters {
		return r.list(ctx, row, x, resp)
	}
	if err := r.settle(ctx, row, x, resp); err != nil {
		r.tracker.Unsettled(ctx, x.Intent, err)
	}
	return nil, nil
}

// list filters whatever is no error; errors of MLflow carry no rows.
func (r *responder) list(ctx context.Context, row *mlflow.Row, x envoy.Exchange, resp envoy.Response) ([]byte, error) {
	if x.Admin || x.Method == http.MethodHead || resp.Status >= http.StatusBadRequest {
		return nil, nil
	}
	if resp.Encoded {
		return nil, errors.New("MLflow compressed a response although it was not asked to")
	}
	if row.Body == mlflow.GraphQLBody {
		query, err := r.table.Query([]byte(x.Params))
		if err != nil {
			return nil, err
		}
		return r.graphQL.Answer(ctx, x.UserID, query, resp.Body)
	}
	return r.filter.Page(ctx, x.UserID, filter.Search{Row: row, Method: x.Method, Params: []byte(x.Params)}, resp.Body)
}

// settle changes grants before the caller sees the response. The response is shown even when that fails: MLflow has committed, and the
// intent is left to reconciliation.
func (r *responder) settle(ctx context.Context, row *mlflow.Row, x envoy.Exchange, resp envoy.Response) error {
	o := ownership.Outcome{
		IntentID: x.Intent, Response: row.Response, UserID: x.UserID, Status: resp.Status,
		Subject: authz.Subject{
			Resource: authz.Resource{Kind: row.Subject.Kind, Workspace: authz.DefaultWorkspace, ID: x.SubjectID},
			Name:     x.Name,
		},
	}
	if row.Subject.Created != "" && resp.Status == http.StatusOK {
		id, err := member(resp.Body, row.Subject.Created)
		if err != nil {
			return err
		}
		o.Created = id
	}
	return r.tracker.Settle(ctx, o)
}

// member reads one string member of a JSON object.
func member(body []byte, name string) (string, error) {
	var object map[string]jsontext.Value
	if err := json.Unmarshal(body, &object); err != nil {
		return "", fmt.Errorf("the response to a create: %w", err)
	}
	var id string
	if err := json.Unmarshal(object[name], &id); err != nil || id == "" {
		return "", fmt.Errorf("the response to a create has no %s", name)
	}
	return id, nil
}
