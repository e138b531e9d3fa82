package mlflow

import (
	"maps"
	"slices"
	"strings"

	"extauthz/authz"
)

// judgeModel is USE on the gateway endpoint that an issue detection calls: endpoint_name, or a provider and a model that name one together.
type judgeModel struct{}

func (judgeModel) fields() []string { return []string{"endpoint_name", "provider", "model"} }
func (judgeModel) asks() []Ask      { return ask(authz.CanUse, authz.GatewayEndpoint) }
func (judgeModel) describe() string { return "use gateway_endpoint endpoint_name or provider:/model" }

func (judgeModel) needs(in input) ([]authz.Need, error) {
	var parts [3]string
	for i, name := range []string{"endpoint_name", "provider", "model"} {
		var err error
		if parts[i], _, err = in.scalar(name); err != nil {
			return nil, err
		}
	}
	if parts[0] != "" {
		return gatewayNeeds("endpoint_name", "gateway:/"+parts[0])
	}
	return gatewayNeeds("provider", parts[1]+":/"+parts[2])
}

// optimizedPrompt needs what the optimization of a prompt does with it: it reads a version and adds another. A bare name is refused, which
// MLflow takes for "name@latest" whatever it looks like.
type optimizedPrompt struct{}

func (optimizedPrompt) fields() []string { return []string{"source_prompt_uri"} }
func (optimizedPrompt) describe() string { return "update the prompt in source_prompt_uri" }
func (optimizedPrompt) asks() []Ask {
	return append(ask(authz.CanUpdate, authz.Prompt), ask(authz.CanRead, authz.PromptVersion)...)
}

func (optimizedPrompt) needs(in input) ([]authz.Need, error) {
	uri, _, err := in.scalar("source_prompt_uri")
	if err != nil {
		return nil, err
	}
	path, ok := strings.CutPrefix(uri, "prompts:/")
	name, version, versioned := strings.Cut(path, "/")
	if at := strings.LastIndex(name, "@"); at >= 0 && !versioned {
		name, version = name[:at], name[at+1:]
	}
	if !ok || version == "" || strings.Contains(version, "/") || strings.ContainsAny(uri, "?#%\\") || strings.ContainsFunc(uri, control) || !canonicalName(name) {
		return nil, notCanonicalForm("source_prompt_uri", "prompts:/<name>/<version> or prompts:/<name>@<alias>")
	}
	return []authz.Need{
		RegisteredModel.need(authz.CanUpdate, name), ModelVersion.need(authz.CanRead, name), ModelVersion.need(authz.NotDenied, name),
	}, nil
}

// optimizerConfig is USE on the gateway endpoint that an optimizer calls. Its other options are for admins, but for harmless ones: they reach
// libraries and the language model's client as they are.
type optimizerConfig struct{}

var optimizerOptions = []string{"reflection_model", "max_metric_calls", "display_progress_bar", "guidelines"}

func (optimizerConfig) fields() []string { return []string{"config.optimizer_config_json"} }
func (optimizerConfig) describe() string { return "use what config.optimizer_config_json calls" }
func (optimizerConfig) asks() []Ask {
	return append(ask(authz.CanUse, authz.GatewayEndpoint), Ask{Permission: AskAdmin})
}

func (optimizerConfig) needs(in input) ([]authz.Need, error) {
	const name = "optimizer_config_json"
	text, _, err := in.within([]string{"config"}).scalar(name)
	if err != nil || text == "" {
		return nil, err
	}
	options, err := readBody([]byte(text))
	if err != nil {
		return nil, notCanonicalForm("config."+name, "one JSON object with distinct names")
	}
	for _, option := range slices.Sorted(maps.Keys(options)) {
		if !slices.Contains(optimizerOptions, option) {
			return adminsOnly("the optimizer's option '" + option + "'"), nil
		}
	}
	return within(name, options["reflection_model"])
}
