package lookup

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"extauthz/authz"
	table "extauthz/authz/mlflow"
)

// registeredModel is a registered model or a prompt. MLflow keeps both in one table and tells them apart by a tag
// (mlflow/entities/model_registry/registered_model.py, _is_prompt).
type registeredModel struct {
	Name    string `json:"name"`
	Created millis `json:"creation_timestamp"`
	Tags    []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"tags"`
}

func (m registeredModel) kind() authz.Kind {
	for _, tag := range m.Tags {
		if tag.Key == table.IsPromptTag && strings.EqualFold(tag.Value, "true") {
			return authz.Prompt
		}
	}
	return authz.RegisteredModel
}

func (c *Client) registeredModel(ctx context.Context, name string) (registeredModel, time.Time, error) {
	var answer struct {
		Model registeredModel `json:"registered_model"`
	}
	date, err := c.Get(ctx, "2.0/mlflow/registered-models/get", url.Values{"name": {name}}, &answer)
	switch {
	case err == nil && answer.Model.Name != name:
		err = errAnother
	case errors.Is(err, errNoSuchName): // "a/b", say: MLflow will refuse to make it, too
		err = ErrNotFound
	}
	return answer.Model, date, err
}

// registered tells whether a name is a registered model's or a prompt's. An admin can change the tag, so the answer is not kept. A name
// that nobody has is a registered model's: what is granted on it governs.
func (c *Client) registered(ctx context.Context, o owned) (owner, error) {
	m, _, err := c.registeredModel(ctx, o.id)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return owner{resources: o.in(m.kind(), o.id)}, err
}
