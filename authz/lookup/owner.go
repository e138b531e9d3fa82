package lookup

import (
	"context"
	"errors"
	"net/url"
)

func (c *Client) run(ctx context.Context, id string) (owner, error) {
	var answer struct {
		Run struct {
			Info struct {
				RunID        string `json:"run_id"`
				ExperimentID string `json:"experiment_id"`
				ArtifactURI  string `json:"artifact_uri"`
			} `json:"info"`
		} `json:"run"`
	}
	_, err := c.Get(ctx, "runs/get", url.Values{"run_id": {id}}, &answer)
	info := answer.Run.Info
	if err == nil && (info.RunID != id || info.ExperimentID == "") {
		err = errors.New("MLflow answered about another run")
	}
	return owner{info.ExperimentID, info.ArtifactURI}, err
}

func (c *Client) loggedModel(ctx context.Context, id string) (owner, error) {
	var answer struct {
		Model struct {
			Info struct {
				ModelID      string `json:"model_id"`
				ExperimentID string `json:"experiment_id"`
				ArtifactURI  string `json:"artifact_uri"`
			} `json:"info"`
		} `json:"model"`
	}
	_, err := c.Get(ctx, "logged-models/"+url.PathEscape(id), nil, &answer)
	info := answer.Model.Info
	if err == nil && (info.ModelID != id || info.ExperimentID == "") {
		err = errors.New("MLflow answered about another logged model")
	}
	return owner{info.ExperimentID, info.ArtifactURI}, err
}
