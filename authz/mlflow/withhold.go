package mlflow

import (
	"slices"
	"strings"

	"extauthz/authz"
)

// Withheld is a place in a response that mentions something else than what was asked for: the run that a model version came from, the
// assessments of a trace. It goes missing for those who may not read that, as in MLflow 3.17 (AFTER_REQUEST_PATH_HANDLERS).
//
// A place is written as its members from the top, with "[]" for each element of a list: "run/data/metrics[]/model_id". A last member
// "tags[key]" is the element of a list of keys and values.
type Withheld struct {
	Place string
	Kind  authz.Kind // of what is mentioned; "" for what only admins see
	// ID is the member beside the place with the identifier of what is mentioned. "" where the grants on all of its kind decide.
	ID string
	// Also are members beside the place that go with it.
	Also []string
}

// withholds takes the places out of the response.
func (r Row) withholds(places ...[]Withheld) Row {
	r.Withheld = slices.Concat(places...)
	if r.Response == "" {
		r.Response = authz.Withholds
	}
	return r
}

// mentions are the kinds whose grants decide about a response, and whether it has to be looked at for the things that it mentions as well.
func (row *Row) mentions() (kinds []authz.Kind, things bool) {
	if row.Body == GraphQLBody {
		return []authz.Kind{authz.Run, authz.LoggedModel}, false
	}
	for _, w := range row.Withheld {
		if w.ID != "" || w.Kind == "" {
			things = true
			continue
		}
		if !slices.Contains(kinds, w.Kind) {
			kinds = append(kinds, w.Kind)
		}
		if w.Kind == authz.RegisteredModelVersion {
			kinds = append(kinds, authz.PromptVersion)
		}
	}
	return kinds, things
}

func place(parent, name string) string { return strings.TrimPrefix(parent+"/"+name, "/") }

func runLinks(run string) []Withheld {
	return []Withheld{
		{Place: place(run, "inputs/model_inputs"), Kind: authz.LoggedModel},
		{Place: place(run, "outputs/model_outputs"), Kind: authz.LoggedModel},
		{Place: place(run, "data/metrics[]/model_id"), Kind: authz.LoggedModel},
	}
}

func versionLinks(version string) []Withheld {
	return []Withheld{
		{Place: place(version, "run_id"), Kind: authz.Run},
		{Place: place(version, "run_link"), Kind: authz.Run},
		{Place: place(version, "model_id"), Kind: authz.LoggedModel},
		{Place: place(version, "model_params"), Kind: authz.LoggedModel},
		{Place: place(version, "model_metrics"), Kind: authz.LoggedModel},
	}
}

// latestVersions are those of a registered model or prompt, and what they come from.
func latestVersions(model string) []Withheld {
	versions := Withheld{Place: place(model, "latest_versions"), Kind: authz.RegisteredModelVersion}
	return append(versionLinks(place(model, "latest_versions[]")), versions)
}

func loggedModelLinks(model string) []Withheld {
	return []Withheld{
		{Place: place(model, "info/source_run_id"), Kind: authz.Run},
		{Place: place(model, "data/metrics[]/run_id"), Kind: authz.Run},
	}
}

// traceLinks are those of a trace's info in the third version of the API, traceLinksV2 in the second.
func traceLinks(info string) []Withheld {
	return []Withheld{
		{Place: place(info, "assessments"), Kind: authz.Assessment},
		{Place: place(info, "trace_metadata/mlflow.sourceRun"), Kind: authz.Run},
		{Place: place(info, "trace_metadata/mlflow.modelId"), Kind: authz.LoggedModel},
	}
}

func traceLinksV2(info string) []Withheld {
	return []Withheld{
		{Place: place(info, "request_metadata[mlflow.sourceRun]"), Kind: authz.Run},
		{Place: place(info, "request_metadata[mlflow.modelId]"), Kind: authz.LoggedModel},
	}
}

func issueLinks(issue string) []Withheld {
	return []Withheld{{Place: place(issue, "source_run_id"), Kind: authz.Run}}
}

// mappedModels are the model definitions of a gateway endpoint's mappings and their secrets, each with its own grants.
func mappedModels(mapping string) []Withheld {
	return append(definedSecret(place(mapping, "model_definition")), Withheld{
		Place: place(mapping, "model_definition"), Kind: authz.GatewayModelDefinition, ID: "model_definition_id", Also: []string{"model_definition_id"},
	})
}

func definedSecret(definition string) []Withheld {
	return []Withheld{{Place: place(definition, "secret_id"), Kind: authz.GatewaySecret, ID: "secret_id", Also: []string{"secret_name"}}}
}
