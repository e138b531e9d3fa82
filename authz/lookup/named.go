package lookup

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"extauthz/authz"
)

// Named is what MLflow knows about a name.
type Named struct {
	Exists  bool
	Kind    authz.Kind // a prompt's name may have been asked for as a registered model's, and the other way round
	ID      string     // the experiment's id; the name itself of everything else
	Created time.Time  // by MLflow's clock, whole milliseconds
	Altered bool       // the experiment has been renamed, deleted or restored since
	Asked   time.Time  // MLflow's clock when it answered, whole seconds; ours when MLflow sent no Date
}

// Named asks MLflow what has the name that r has in the place of its id. Deleted experiments keep theirs.
func (c *Client) Named(ctx context.Context, r authz.Resource) (Named, error) {
	var n Named
	var date time.Time
	var err error
	c = c.In(r.Workspace)
	switch r.Kind {
	case authz.Experiment:
		n, date, err = c.experimentNamed(ctx, r.ID)
	case authz.RegisteredModel, authz.Prompt:
		n, date, err = c.modelNamed(ctx, r.ID)
	case authz.Workspace:
		n, date, err = c.workspaceNamed(ctx, r.ID)
	case authz.Scorer:
		n, date, err = c.scorerNamed(ctx, r.ID)
	case authz.GatewaySecret, authz.GatewayModelDefinition, authz.GatewayEndpoint:
		n, date, err = c.gatewayNamed(ctx, r)
	case authz.MCPServer, authz.Skill:
		n, date, err = c.registryNamed(ctx, r)
	default:
		return n, fmt.Errorf("a %s has no name to ask MLflow for", r.Kind)
	}
	n.Asked = date
	if date.IsZero() {
		n.Asked = time.Now().Truncate(time.Second)
	}
	n.Exists = err == nil
	if errors.Is(err, ErrNotFound) {
		return n, nil
	}
	if err == nil && n.ID == "" {
		err = errors.New("MLflow answered without an identifier")
	}
	return n, err
}

func (c *Client) experimentNamed(ctx context.Context, name string) (Named, time.Time, error) {
	var answer struct {
		Experiment struct {
			ID      string `json:"experiment_id"`
			Created millis `json:"creation_time"`
			Updated millis `json:"last_update_time"`
		} `json:"experiment"`
	}
	date, err := c.Get(ctx, "2.0/mlflow/experiments/get-by-name", url.Values{"experiment_name": {name}}, &answer)
	e := answer.Experiment
	return Named{Kind: authz.Experiment, ID: e.ID, Created: e.Created.time(), Altered: e.Updated > e.Created}, date, err
}

func (c *Client) modelNamed(ctx context.Context, name string) (Named, time.Time, error) {
	m, date, err := c.registeredModel(ctx, name)
	return Named{Kind: m.kind(), ID: m.Name, Created: m.Created.time()}, date, err
}

func (c *Client) workspaceNamed(ctx context.Context, name string) (Named, time.Time, error) {
	var answer struct {
		Workspace struct {
			Name string `json:"name"`
		} `json:"workspace"`
	}
	date, err := c.Get(ctx, "3.0/mlflow/workspaces/"+url.PathEscape(name), nil, &answer)
	if err == nil && answer.Workspace.Name != name {
		err = errAnother
	}
	return Named{Kind: authz.Workspace, ID: answer.Workspace.Name}, date, err
}

// millis is a Unix time in milliseconds, which MLflow writes as a number or, in places, as a string.
type millis int64

func (m *millis) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseInt(strings.Trim(string(text), `"`), 10, 64)
	*m = millis(v)
	return err
}

func (m millis) time() time.Time { return time.UnixMilli(int64(m)) }
