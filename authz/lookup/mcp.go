package lookup

import (
	"context"
	"net/url"
	"strings"
	"time"

	"extauthz/authz"
)

// registries are where things live that are named by their path.
var registries = map[authz.Kind]string{authz.MCPServer: "3.0/mlflow/mcp-servers/", authz.Skill: "3.0/mlflow/skills/"}

// registryNamed asks for an MCP server or a skill. Neither can be renamed.
func (c *Client) registryNamed(ctx context.Context, r authz.Resource) (Named, time.Time, error) {
	var answer struct {
		Name         string `json:"name"`
		Organization string `json:"organization"`
		Created      millis `json:"creation_timestamp"`
	}
	date, err := c.Get(ctx, registries[r.Kind]+escapePath(r.ID), nil, &answer)
	id := answer.Name
	if answer.Organization != "" {
		id = "@" + answer.Organization + "/" + id
	}
	if err == nil && id != r.ID {
		err = errAnother
	}
	return Named{Kind: r.Kind, ID: id, Created: answer.Created.time()}, date, err
}

// escapePath escapes each segment.
func escapePath(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}
