package lookup

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"extauthz/authz"
)

const isPromptTag = "mlflow.prompt.is_prompt"

// registered tells whether a name is a registered model's or a prompt's, which MLflow keeps in one table and tells apart by a tag
// (mlflow/entities/model_registry/registered_model.py, _is_prompt). The tag can change, so the answer is not kept. A name that nobody has
// is a registered model's: what is granted on it governs.
func (c *Client) registered(ctx context.Context, o owned) (owner, error) {
	var answer struct {
		Model struct {
			Name string `json:"name"`
			Tags []struct {
				Key   string `json:"key"`
				Value string `json:"value"`
			} `json:"tags"`
		} `json:"registered_model"`
	}
	_, err := c.Get(ctx, "2.0/mlflow/registered-models/get", url.Values{"name": {o.id}}, &answer)
	switch {
	case errors.Is(err, ErrNotFound):
		return owner{resources: o.in(authz.RegisteredModel, o.id)}, nil
	case err == nil && answer.Model.Name != o.id:
		err = errAnother
	}
	kind := authz.RegisteredModel
	for _, tag := range answer.Model.Tags {
		if tag.Key == isPromptTag && strings.EqualFold(tag.Value, "true") {
			kind = authz.Prompt
		}
	}
	return owner{resources: o.in(kind, o.id)}, err
}
