package lookup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"extauthz/authz"
)

// trace asks which experiment a trace is in, by the second version of the API, which all releases serve and which tells of all traces.
//
// The answer does not last: MLflow 3 lets a client start a trace under the id of one that is there, which moves it, and under the id of one
// that has been deleted.
func (c *Client) trace(ctx context.Context, o owned) (owner, error) {
	var answer struct {
		Info struct {
			RequestID    string `json:"request_id"`
			ExperimentID string `json:"experiment_id"`
			Tags         []struct {
				Key   string `json:"key"`
				Value string `json:"value"`
			} `json:"tags"`
		} `json:"trace_info"`
	}
	_, err := c.Get(ctx, "2.0/mlflow/traces/"+url.PathEscape(o.id)+"/info", nil, &answer)
	info, location := answer.Info, ""
	for _, tag := range info.Tags {
		if tag.Key == "mlflow.artifactLocation" {
			location = tag.Value
		}
	}
	return o.ofExperiment(info.RequestID, info.ExperimentID, location, err)
}

// newTrace is governed by the experiment that it is to be in. One that is in another experiment may not be taken from there.
func (r *Resolver) newTrace(ctx context.Context, ref authz.Ref) (authz.Resolution, error) {
	wanted := authz.Governed(ref.In(authz.Experiment, ref.Experiment))
	found, err := r.owner(ctx, owned{authz.RefTrace, ref.ID, ref.Workspace})
	switch {
	case isUnknown(err):
		return wanted, nil
	case err == nil && found.resources[0] != wanted.Resources[0]:
		err = authz.Refuse(authz.PermissionDenied, "Permission denied: this trace is in another experiment.")
	}
	return authz.Resolution{Resources: found.resources}, err
}

func isUnknown(err error) bool {
	var refusal *authz.Refusal
	return errors.As(err, &refusal) && refusal.Reason == authz.UnknownResource
}

// locationOfTrace resolves a location that must be where MLflow keeps the trace's artifacts, letter by letter.
func (r *Resolver) locationOfTrace(ctx context.Context, ref authz.Ref) (authz.Resolution, error) {
	found, err := r.owner(ctx, owned{authz.RefTrace, ref.Trace, ref.Workspace})
	if err == nil && (found.artifactURI == "" || found.artifactURI != ref.ID) {
		err = authz.Refuse(authz.InvalidParameter, "Invalid value for the tag 'mlflow.artifactLocation': it must stay what it is.")
	}
	return authz.Resolution{Resources: found.resources}, err
}

// newAssessments come with a new trace under ids of the client's choice, as those of MLflow 3.18's own client do. That release refuses the id of
// another trace's assessment; before, such an assessment was taken away from its trace, and nothing tells whose an id is.
func (r *Resolver) newAssessments(ctx context.Context, ref authz.Ref) (authz.Resolution, error) {
	text, _, err := r.client.In(ref.Workspace).call(ctx, http.MethodGet, "/version", nil)
	if err == nil && !sinceRelease(string(text), 3, 18) {
		err = authz.Refuse(authz.AdminOnly, "Permission denied: before MLflow 3.18 only an admin may choose the assessment_id of a new trace's assessment.")
		return authz.Resolution{}, err
	}
	return authz.Governed(ref.In(authz.Experiment, ref.Experiment)), lookupError(err)
}

// sinceRelease reports whether a version such as "3.18.0" is that release or a later one. What is no version is none.
func sinceRelease(version string, major, minor int) bool {
	var gotMajor, gotMinor int
	if _, err := fmt.Sscanf(version, "%d.%d.", &gotMajor, &gotMinor); err != nil {
		return false
	}
	return gotMajor > major || gotMajor == major && gotMinor >= minor
}
