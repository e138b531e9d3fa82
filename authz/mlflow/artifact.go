package mlflow

import (
	"path"
	"strings"

	"extauthz/authz"
)

// artifact is the need of a route of the artifact proxy, whose path starts with the experiment that owns the artifact:
// "7/<run id>/artifacts/model.pkl". MLflow reads the leading digits (mlflow/server/auth/__init__.py, _get_experiment_id_from_view_args).
// A path that names no experiment belongs to nobody: only an admin may use it. Default locations alone have this form; creating an
// experiment with another artifact_location is therefore up to an admin.
type artifact struct {
	action authz.Action
	field  string // "artifact_path", or "path" of a listing
}

func (n artifact) fields() []string { return []string{n.field} }

func (n artifact) needs(in input) ([]authz.Need, error) {
	p, present, err := in.scalar(n.field)
	if err != nil {
		return nil, err
	}
	need := authz.Need{Action: n.action, Ref: authz.Ref{Kind: authz.RefArtifactPath, ID: p}}
	if present && p != "" {
		if err := checkArtifactPath(p); err != nil {
			return nil, err
		}
		if p, err = in.withinWorkspace(p); err != nil {
			return nil, err
		}
		if id, _, _ := strings.Cut(p, "/"); canonicalExperimentID(id) {
			need = Experiment.need(n.action, id)
			need.Part = partOf(p)
		}
	}
	return []authz.Need{need}, checkUploadName(in)
}

// partOf tells what kind of part an artifact below an experiment belongs to, as MLflow's clients lay them out. An experiment's own folder
// holds those of its runs.
func partOf(p string) authz.Kind {
	_, rest, _ := strings.Cut(p, "/")
	switch folder, _, _ := strings.Cut(rest, "/"); folder {
	case "models":
		return authz.LoggedModel
	case "traces":
		return authz.Trace
	default:
		return authz.Run
	}
}

// checkArtifactPath refuses what MLflow would decode or resolve further: its artifact handlers decode until nothing changes.
func checkArtifactPath(p string) error {
	if strings.ContainsAny(p, "%\\") || checkBytes(p) != nil {
		return ambiguousPath("an artifact path has no '%', backslash, '#', '?' or control character")
	}
	for segment := range strings.SplitSeq(p, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return ambiguousPath("an artifact path has no empty, '.' or '..' segment")
		}
	}
	return nil
}

// checkUploadName looks at the file name in the body of a multipart upload, whose last segment MLflow appends to the path.
func checkUploadName(in input) error {
	name, ok := in.params["path"].(string)
	if _, isTail := in.path["artifact_path"]; !ok || !isTail {
		return nil
	}
	if strings.ContainsAny(name, "%\\\x00") || strings.HasSuffix(name, "/") || path.Base(name) == "." || path.Base(name) == ".." {
		return authz.Refuse(authz.InvalidParameter, "Invalid value for parameter 'path': it must end with a file name.")
	}
	return nil
}
