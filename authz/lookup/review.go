package lookup

import (
	"context"
	"net/url"
	"strings"
)

func (c *Client) issue(ctx context.Context, o owned) (owner, error) {
	var answer struct {
		Issue struct {
			IssueID      string `json:"issue_id"`
			ExperimentID string `json:"experiment_id"`
		} `json:"issue"`
	}
	_, err := c.Get(ctx, "3.0/mlflow/issues/"+url.PathEscape(o.id), nil, &answer)
	return o.ofExperiment(answer.Issue.IssueID, answer.Issue.ExperimentID, "", err)
}

func (c *Client) labelSchema(ctx context.Context, o owned) (owner, error) {
	var answer struct {
		Schema struct {
			SchemaID     string `json:"schema_id"`
			ExperimentID string `json:"experiment_id"`
		} `json:"label_schema"`
	}
	_, err := c.Get(ctx, "3.0/mlflow/label-schemas/get", url.Values{"schema_id": {o.id}}, &answer)
	return o.ofExperiment(answer.Schema.SchemaID, answer.Schema.ExperimentID, "", err)
}

// queue is a review queue as MLflow answers it.
type queue struct {
	ReviewQueue struct {
		QueueID      string   `json:"queue_id"`
		ExperimentID string   `json:"experiment_id"`
		Type         string   `json:"queue_type"`
		CreatedBy    string   `json:"created_by"`
		Users        []string `json:"users"` // MLflow keeps them in lower case
	} `json:"review_queue"`
}

func (c *Client) reviewQueue(ctx context.Context, o owned) (owner, error) {
	var answer queue
	_, err := c.Get(ctx, "3.0/mlflow/review-queues/get", url.Values{"queue_id": {o.id}}, &answer)
	return answer.owner(o, answer.ReviewQueue.QueueID, err)
}

// reviewQueueNamed asks by "<experiment id>/<name>", as the request does: MLflow folds the case of names.
func (c *Client) reviewQueueNamed(ctx context.Context, o owned) (owner, error) {
	var answer queue
	experiment, name, _ := strings.Cut(o.id, "/")
	_, err := c.Get(ctx, "3.0/mlflow/review-queues/get-by-name", url.Values{"experiment_id": {experiment}, "name": {name}}, &answer)
	if err == nil && answer.ReviewQueue.ExperimentID != experiment {
		err = errAnother
	}
	return answer.owner(o, o.id, err)
}

// owner is a queue's experiment and people. Any type but a shared queue's is somebody's own.
func (q queue) owner(o owned, about string, err error) (owner, error) {
	found, err := o.ofExperiment(about, q.ReviewQueue.ExperimentID, "", err)
	found.createdBy = strings.ToLower(strings.TrimSpace(q.ReviewQueue.CreatedBy))
	found.members, found.personal = q.ReviewQueue.Users, q.ReviewQueue.Type != "CUSTOM"
	return found, err
}
