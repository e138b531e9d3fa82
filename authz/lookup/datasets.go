package lookup

import (
	"context"
	"net/url"

	"extauthz/authz"
)

// dataset tells the experiments of an evaluation dataset. One that is in none cannot be told from one that is not there: neither is
// anybody's but an admin's.
func (c *Client) dataset(ctx context.Context, o owned) (owner, error) {
	var answer struct {
		ExperimentIDs []string `json:"experiment_ids"`
	}
	if _, err := c.Get(ctx, "3.0/mlflow/datasets/"+url.PathEscape(o.id)+"/experiment-ids", nil, &answer); err != nil {
		return owner{}, err
	}
	if len(answer.ExperimentIDs) == 0 {
		return owner{}, ErrNotFound
	}
	var all []authz.Resource
	for _, id := range answer.ExperimentIDs {
		found, err := o.ofExperiment(o.id, id, "", nil)
		if err != nil {
			return owner{}, err
		}
		all = append(all, found.resources...)
	}
	return owner{resources: all}, nil
}
