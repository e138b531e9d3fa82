package mlflow

import (
	"maps"
	"slices"
	"strings"

	"extauthz/authz"
)

// A serialized scorer is a JSON text that MLflow turns into a function and runs on the server, as the server. What it may reach that way:
//
//	call_source                 Python code, which a server with MLFLOW_SERVER_ENABLE_CUSTOM_SCORERS executes
//	third_party_scorer_data     classes of other libraries with arguments of one's own choice, which releases before 3.17 hardly check
//	inference_params            arguments for the language model's client, which could send the server's keys elsewhere (api_base)
//	episodic_trace_ids          traces of any experiment, read as examples
//	"gateway:/name"             a gateway endpoint, as a judge's model
//
// The first three are for admins, but for harmless inference_params; traces need READ and endpoints USE. A model like "openai:/gpt-5" is
// called with the server's own key: that is what MLflow has it for. A registered scorer lends its endpoint to whoever may run it.
func judgeScorer(field string, text any) (map[string]any, []authz.Need, error) {
	s, _ := text.(string)
	if s == "" {
		return nil, nil, missing(parseField(field))
	}
	object, err := readBody([]byte(s))
	if err != nil {
		return nil, nil, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter '"+field+"': it must be one JSON object with distinct names.")
	}
	needs, err := within(field, object)
	return object, needs, err
}

var (
	// reaching are members of a serialized scorer, at any depth, that take it out of what can be judged.
	reaching = []string{
		"call_source", "third_party_scorer_data", "api_base", "api_key", "base_url", "custom_llm_provider", "extra_headers", "fallbacks", "model_list",
	}
	inferenceParams = []string{
		"temperature", "top_p", "top_k", "max_tokens", "max_completion_tokens", "seed", "stop", "n", "presence_penalty", "frequency_penalty",
		"reasoning_effort", "timeout",
	}
	episodicTraces = parseField("episodic_trace_ids[]?")
)

// within finds what a value of a serialized scorer reaches.
func within(field string, value any) ([]authz.Need, error) {
	switch v := value.(type) {
	case string:
		return gatewayNeeds(field, v)
	case []any:
		return each(field, v)
	case map[string]any:
		return members(field, v)
	default:
		return nil, nil
	}
}

func each(field string, list []any) ([]authz.Need, error) {
	var needs []authz.Need
	for _, v := range list {
		found, err := within(field, v)
		if err != nil {
			return nil, err
		}
		needs = append(needs, found...)
	}
	return needs, nil
}

func members(field string, object map[string]any) ([]authz.Need, error) {
	params, isObject := object["inference_params"].(map[string]any)
	if object["inference_params"] != nil && !isObject {
		return nil, mistyped("inference_params", "an object", false)
	}
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(object)), slices.Sorted(maps.Keys(params))) {
		if object[name] != nil && slices.Contains(reaching, name) || params[name] != nil && !slices.Contains(inferenceParams, name) {
			return adminsOnly("a scorer with '" + name + "'"), nil
		}
	}
	needs, err := fieldNeed{authz.CanRead, Trace, episodicTraces}.needs(input{params: object})
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		found, err := within(field, object[name])
		if err != nil {
			return nil, err
		}
		needs = append(needs, found...)
	}
	return needs, nil
}

// gatewayNeeds is USE on the gateway endpoint that a model's URI names, as MLflow reads it (mlflow/metrics/genai/model_utils.py,
// _parse_model_uri). Another spelling of the scheme is refused: some readers fold case.
func gatewayNeeds(field, uri string) ([]authz.Need, error) {
	scheme, rest, ok := strings.Cut(uri, ":/")
	if !ok || !strings.EqualFold(strings.TrimSpace(scheme), "gateway") {
		return nil, nil
	}
	name := strings.TrimLeft(rest, "/")
	if scheme != "gateway" || !canonicalName(name) {
		return nil, authz.Refuse(authz.InvalidParameter, "Invalid value for parameter '"+field+"': a gateway endpoint is written as gateway:/<name>.")
	}
	return []authz.Need{GatewayNamed.need(authz.CanUse, name)}, nil
}
