package lookup

import (
	"context"
	"errors"
	"net/url"

	"extauthz/authz"
)

var errAnother = errors.New("MLflow answered about something else")

func (c *Client) run(ctx context.Context, o owned) (owner, error) {
	var answer struct {
		Run struct {
			Info struct {
				RunID        string `json:"run_id"`
				ExperimentID string `json:"experiment_id"`
				ArtifactURI  string `json:"artifact_uri"`
			} `json:"info"`
		} `json:"run"`
	}
	_, err := c.Get(ctx, "2.0/mlflow/runs/get", url.Values{"run_id": {o.id}}, &answer)
	info := answer.Run.Info
	return o.ofExperiment(info.RunID, info.ExperimentID, info.ArtifactURI, err)
}

func (c *Client) loggedModel(ctx context.Context, o owned) (owner, error) {
	var answer struct {
		Model struct {
			Info struct {
				ModelID      string `json:"model_id"`
				ExperimentID string `json:"experiment_id"`
				ArtifactURI  string `json:"artifact_uri"`
			} `json:"info"`
		} `json:"model"`
	}
	_, err := c.Get(ctx, "2.0/mlflow/logged-models/"+url.PathEscape(o.id), nil, &answer)
	info := answer.Model.Info
	return o.ofExperiment(info.ModelID, info.ExperimentID, info.ArtifactURI, err)
}

// ofExperiment is the owner of o, if it was o that MLflow told the experiment of.
func (o owned) ofExperiment(about, experimentID, artifactURI string, err error) (owner, error) {
	if err == nil && (about != o.id || experimentID == "") {
		err = errAnother
	}
	return owner{resources: o.in(authz.Experiment, experimentID), artifactURI: artifactURI}, err
}
