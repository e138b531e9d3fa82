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
	ID      string    // the experiment's id, the registered model's name
	Created time.Time // by MLflow's clock, whole milliseconds
	Altered bool      // the experiment has been renamed, deleted or restored since
	Asked   time.Time // MLflow's clock when it answered, whole seconds; ours when MLflow sent no Date
}

// Named asks which experiment or registered model has a name. Deleted experiments keep theirs.
func (c *Client) Named(ctx context.Context, kind authz.Kind, name string) (Named, error) {
	var n Named
	var date time.Time
	var err error
	switch kind {
	case authz.Experiment:
		n, date, err = c.experimentNamed(ctx, name)
	case authz.RegisteredModel:
		n, date, err = c.modelNamed(ctx, name)
	default:
		return n, fmt.Errorf("a %s has no name to ask MLflow for", kind)
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
	return Named{ID: e.ID, Created: e.Created.time(), Altered: e.Updated > e.Created}, date, err
}

func (c *Client) modelNamed(ctx context.Context, name string) (Named, time.Time, error) {
	var answer struct {
		Model struct {
			Name    string `json:"name"`
			Created millis `json:"creation_timestamp"`
		} `json:"registered_model"`
	}
	date, err := c.Get(ctx, "2.0/mlflow/registered-models/get", url.Values{"name": {name}}, &answer)
	return Named{ID: answer.Model.Name, Created: answer.Model.Created.time()}, date, err
}

// millis is a Unix time in milliseconds, which MLflow writes as a number or, in places, as a string.
type millis int64

func (m *millis) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseInt(strings.Trim(string(text), `"`), 10, 64)
	*m = millis(v)
	return err
}

func (m millis) time() time.Time { return time.UnixMilli(int64(m)) }
