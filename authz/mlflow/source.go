package mlflow

import (
	"strings"

	"extauthz/authz"
)

// modelSource is what creating a model version needs beyond the model: READ on whatever the version's files come from, since whoever may
// read the model may download them from then on (/model-versions/get-artifact).
//
//	runs:/<run id>/path                    the run
//	models:/<name>/<version or stage>      the registered model's versions
//	models:/<name>@<alias>                 the same
//	models:/<id>                           the logged model
//	mlflow-artifacts:/7/<run id>/…         experiment 7
//	dummy-source                           nothing, if the request's tags make the version a prompt's: see promptSources
//	anything else                          must lie within the artifacts of the run or logged model that the request names
type modelSource struct{}

func (modelSource) fields() []string { return []string{"source", "run_id", "model_id", "tags"} }

func (modelSource) needs(in input) ([]authz.Need, error) {
	source, _, err := in.scalar("source")
	if err != nil {
		return nil, err
	}
	if isPrompt, _, err := in.marker(); err != nil || isPrompt && promptSources[source] {
		return nil, err
	}
	if strings.ContainsAny(source, "?#%\\") || strings.ContainsFunc(source, control) || strings.Contains("/"+source+"/", "/../") {
		return nil, authz.Refuse(authz.InvalidParameter,
			"Invalid value for parameter 'source': it must not contain '?', '#', '%', a backslash, a control character or a '..' segment.")
	}
	need, err := readSource(in, source)
	if err != nil {
		return nil, err
	}
	if need.Ref.Kind == authz.RefArtifactURI {
		need.Ref.Run, _, _ = in.scalar("run_id")
		need.Ref.Model, _, _ = in.scalar("model_id")
	}
	return []authz.Need{need}, nil
}

func readSource(in input, source string) (authz.Need, error) {
	location := authz.Need{Action: authz.CanRead, Ref: authz.Ref{Kind: authz.RefArtifactURI, ID: source}}
	scheme, rest, ok := strings.Cut(source, ":/")
	if !ok {
		return location, nil
	}
	switch read := strings.ToLower(strings.TrimSpace(scheme)); read { // as Python's urlparse reads it
	case "runs", "models", "mlflow-artifacts":
		if read != scheme {
			return checked(RegisteredModel, "")
		}
	}
	switch scheme {
	case "runs":
		id, _, _ := strings.Cut(rest, "/")
		return checked(Run, id)
	case "models":
		return registeredSource(rest)
	case "mlflow-artifacts":
		return proxiedSource(in, rest)
	default:
		return location, nil
	}
}

// control is what Python's urlparse takes out of a URI (line ends, tabs), or may one day.
func control(c rune) bool { return c < 0x20 || c == 0x7f }

// registeredSource reads what follows "models:/" (mlflow/store/artifact/utils/models.py, _parse_model_uri). A name never holds a slash.
// "models://host/name/1" is refused: MLflow 2 passes over the host.
func registeredSource(rest string) (authz.Need, error) {
	first, version, versioned := strings.Cut(rest, "/")
	at := strings.LastIndex(first, "@")
	switch {
	case first == "" || strings.Contains(version, "/"):
		return checked(RegisteredModel, "")
	case versioned:
		return checked(ModelVersion, first)
	case at >= 0:
		return checked(ModelVersion, first[:at])
	default:
		return checked(LoggedModel, first)
	}
}

// proxiedSource reads mlflow-artifacts:/7/… and mlflow-artifacts://host:port/7/…, in a workspace mlflow-artifacts:/workspaces/<it>/7/….
func proxiedSource(in input, rest string) (authz.Need, error) {
	path := strings.TrimPrefix(rest, "/")
	if path != rest {
		_, path, _ = strings.Cut(path, "/")
	}
	path = strings.TrimSuffix(path, "/")
	if err := checkArtifactPath(path); err != nil {
		return authz.Need{}, err
	}
	path, err := in.withinWorkspace(path)
	if err != nil {
		return authz.Need{}, err
	}
	id, _, _ := strings.Cut(path, "/")
	need, err := checked(Experiment, id)
	need.Part = partOf(path)
	return need, err
}

func checked(of RefType, id string) (authz.Need, error) {
	if !of.canonical(id) {
		return authz.Need{}, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter 'source': "+of.form+" is needed after the scheme.")
	}
	return of.need(authz.CanRead, id), nil
}
