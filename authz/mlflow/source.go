package mlflow

import (
	"strings"

	"extauthz/authz"
)

// modelSource is what creating a model version needs beyond the model: READ on whatever the version's files come from, since whoever may
// read the model may download them from then on (/model-versions/get-artifact).
//
//	runs:/<run id>/path                    the run
//	models:/<name>/<version or alias>      the registered model
//	models:/m-<id>                         the logged model
//	mlflow-artifacts:/7/<run id>/…         experiment 7
//	anything else                          must lie within the artifacts of the run or logged model that the request names
type modelSource struct{}

func (modelSource) fields() []string { return []string{"source", "run_id", "model_id"} }

func (modelSource) needs(in input) ([]authz.Need, error) {
	source, _, err := in.scalar("source")
	if err != nil {
		return nil, err
	}
	if strings.ContainsAny(source, "?#%\\\x00") || strings.Contains("/"+source+"/", "/../") {
		return nil, authz.Refuse(authz.InvalidParameter,
			"Invalid value for parameter 'source': it must not contain '?', '#', '%', a backslash or a '..' segment.")
	}
	ref, err := sourceRef(source)
	if err != nil {
		return nil, err
	}
	if ref.Kind == authz.RefArtifactURI {
		ref.Run, _, _ = in.scalar("run_id")
		ref.Model, _, _ = in.scalar("model_id")
	}
	return []authz.Need{{Action: authz.CanRead, Ref: ref}}, nil
}

func sourceRef(source string) (authz.Ref, error) {
	scheme, rest, ok := strings.Cut(source, ":/")
	if !ok {
		return authz.Ref{Kind: authz.RefArtifactURI, ID: source}, nil
	}
	first, _, _ := strings.Cut(strings.TrimLeft(rest, "/"), "/")
	switch scheme {
	case "runs":
		return checked(Run, first)
	case "models":
		if strings.HasPrefix(first, "m-") {
			return checked(LoggedModel, first)
		}
		return checked(RegisteredModel, first)
	case "mlflow-artifacts":
		return proxiedSource(rest)
	default:
		return authz.Ref{Kind: authz.RefArtifactURI, ID: source}, nil
	}
}

// proxiedSource reads mlflow-artifacts:/7/… and mlflow-artifacts://host:port/7/….
func proxiedSource(rest string) (authz.Ref, error) {
	path := strings.TrimPrefix(rest, "/")
	if path != rest {
		_, path, _ = strings.Cut(path, "/")
	}
	if err := checkArtifactPath(strings.TrimSuffix(path, "/")); err != nil {
		return authz.Ref{}, err
	}
	id, _, _ := strings.Cut(path, "/")
	return checked(Experiment, id)
}

func checked(of RefType, id string) (authz.Ref, error) {
	if !of.canonical(id) {
		return authz.Ref{}, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter 'source': "+of.form+" is needed after the scheme.")
	}
	return authz.Ref{Kind: of.kind, ID: id}, nil
}
