package lookup

import (
	"context"
	"net/url"
)

// promptJob tells the experiment of a prompt optimization. MLflow answers about other jobs as well, which have no prompt: those are not what
// was asked for.
func (c *Client) promptJob(ctx context.Context, o owned) (owner, error) {
	var answer struct {
		Job struct {
			JobID        string `json:"job_id"`
			ExperimentID string `json:"experiment_id"`
			Prompt       string `json:"source_prompt_uri"`
		} `json:"job"`
	}
	_, err := c.Get(ctx, "3.0/mlflow/prompt-optimization/jobs/"+url.PathEscape(o.id), nil, &answer)
	if err == nil && answer.Job.Prompt == "" {
		err = ErrNotFound
	}
	return o.ofExperiment(answer.Job.JobID, answer.Job.ExperimentID, "", err)
}
