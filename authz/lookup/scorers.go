package lookup

import (
	"context"
	"net/url"
	"strings"
	"time"

	"extauthz/authz"
)

// scorerNamed asks which versions a scorer has, by the key that grants name it by: see mlflow.ScorerKey. It is as old as its first version;
// without that, nobody can tell.
func (c *Client) scorerNamed(ctx context.Context, key string) (Named, time.Time, error) {
	var answer struct {
		Scorers []struct {
			Version int    `json:"scorer_version"`
			Created millis `json:"creation_time"`
		} `json:"scorers"`
	}
	experiment, quoted, _ := strings.Cut(key, "/")
	name, err := url.PathUnescape(quoted)
	if err != nil {
		return Named{}, time.Time{}, err
	}
	date, err := c.Get(ctx, "3.0/mlflow/scorers/versions", url.Values{"experiment_id": {experiment}, "name": {name}}, &answer)
	if err == nil && len(answer.Scorers) == 0 {
		err = ErrNotFound
	}
	n := Named{Kind: authz.Scorer, ID: key, Altered: true}
	for _, s := range answer.Scorers {
		if s.Version == 1 {
			n.Created, n.Altered = s.Created.time(), false
		}
	}
	return n, date, err
}
