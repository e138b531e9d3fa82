package mlflow

import "extauthz/authz"

// gateway is the AI gateway's configuration: secrets, the model definitions that use them, and the endpoints that use those.
func gateway() []Row {
	rows := append(gatewaySecrets(), gatewayModelDefinitions()...)
	rows = append(rows, gatewayEndpoints()...)
	return append(rows, gatewayServer()...)
}

const gatewayPath = "/api/3.0/mlflow/gateway/"

func gatewaySecrets() []Row {
	const p = gatewayPath + "secrets/"
	const id = "secret_id"
	return []Row{
		row("POST", p+"create", "CreateGatewaySecret", unlessDenied{authz.GatewaySecret}).
			creates(Subject{Kind: authz.GatewaySecret, Name: "secret_name", Created: "secret.secret_id"}),
		row("GET", p+"get", "GetGatewaySecretInfo", Read(GatewaySecret, id)),
		row("POST", p+"update", "UpdateGatewaySecret", Update(GatewaySecret, id)),
		row("DELETE", p+"delete", "DeleteGatewaySecret", Delete(GatewaySecret, id)).then(authz.Deletes, Subject{Kind: authz.GatewaySecret, ID: id}),
		row("GET", p+"list", "ListGatewaySecretInfos").filters(&Listing{Rows: "secrets", ID: id, Kind: authz.GatewaySecret}),
	}
}

func gatewayModelDefinitions() []Row {
	const p = gatewayPath + "model-definitions/"
	const id = "model_definition_id"
	secret := definedSecret("model_definition")
	return []Row{
		row("POST", p+"create", "CreateGatewayModelDefinition", unlessDenied{authz.GatewayModelDefinition}, Use(GatewaySecret, "secret_id")).
			creates(Subject{Kind: authz.GatewayModelDefinition, Name: "name", Created: "model_definition.model_definition_id"}),
		row("GET", p+"get", "GetGatewayModelDefinition", Read(GatewayModel, id)).withholds(secret),
		row("POST", p+"update", "UpdateGatewayModelDefinition", Update(GatewayModel, id), Use(GatewaySecret, "secret_id?")).withholds(secret),
		row("DELETE", p+"delete", "DeleteGatewayModelDefinition", Delete(GatewayModel, id)).
			then(authz.Deletes, Subject{Kind: authz.GatewayModelDefinition, ID: id}),
		row("GET", p+"list", "ListGatewayModelDefinitions", NotDenied(GatewaySecret, "secret_id?")).
			filters(&Listing{Rows: "model_definitions", ID: id, Kind: authz.GatewayModelDefinition}).
			withholds(definedSecret("model_definitions[]")),
	}
}

func gatewayEndpoints() []Row {
	const p = gatewayPath + "endpoints/"
	const id = "endpoint_id"
	models := Use(GatewayModel, "model_configs[].model_definition_id?")
	mapped := mappedModels("endpoint/model_mappings[]")
	return append(endpointGuardrails(), []Row{
		// MLflow 3.8 names the definitions by themselves.
		row("POST", p+"create", "CreateGatewayEndpoint", unlessDenied{authz.GatewayEndpoint}, models, Use(GatewayModel, "model_definition_ids[]?"),
			tracesInto{byDefault: true}).
			creates(Subject{Kind: authz.GatewayEndpoint, Name: "name", Created: "endpoint.endpoint_id"}),
		row("GET", p+"get", "GetGatewayEndpoint", exactlyOne{Read(GatewayEndpoint, id+"?"), Read(GatewayNamed, "name?")}).withholds(mapped),
		row("POST", p+"update", "UpdateGatewayEndpoint", Update(GatewayEndpoint, id), models, tracesInto{}).withholds(mapped),
		row("DELETE", p+"delete", "DeleteGatewayEndpoint", Delete(GatewayEndpoint, id)).
			then(authz.Deletes, Subject{Kind: authz.GatewayEndpoint, ID: id}),
		// MLflow drops the secret_id of this one, and may come to use it.
		row("GET", p+"list", "ListGatewayEndpoints", NotDenied(GatewaySecret, "secret_id?")).
			filters(&Listing{Rows: "endpoints", ID: id, Kind: authz.GatewayEndpoint}).
			withholds(mappedModels("endpoints[]/model_mappings[]")),
		row("POST", p+"models/attach", "AttachModelToGatewayEndpoint", Update(GatewayEndpoint, id),
			Use(GatewayModel, "model_config.model_definition_id?"), Use(GatewayModel, "model_definition_id?")).
			withholds(mappedModels("mapping")),
		row("POST", p+"models/detach", "DetachModelFromGatewayEndpoint", Update(GatewayEndpoint, id), NotDenied(GatewayModel, "model_definition_id")),
		row("POST", p+"set-tag", "SetGatewayEndpointTag", Update(GatewayEndpoint, id)),
		row("DELETE", p+"delete-tag", "DeleteGatewayEndpointTag", Update(GatewayEndpoint, id)),
		// A binding notes which scorer uses an endpoint, by an id that nobody can look up; MLflow's server makes them by itself, and no
		// release up to 3.18 acts on them.
		adminOnly("POST", p+"bindings/create", "CreateGatewayEndpointBinding"),
		adminOnly("DELETE", p+"bindings/delete", "DeleteGatewayEndpointBinding"),
		row("GET", p+"bindings/list", "ListGatewayEndpointBindings", orEverything{Read(GatewayEndpoint, id+"?")}).
			withholds(mappedModels("bindings[]/model_mappings[]")),
	}...)
}

// endpointGuardrails: a guardrail runs a scorer, and whoever attaches it to an endpoint sees the scorer's definition. So that needs READ on the
// scorer and its experiment, while basic-auth has a veto only. Afterwards only admins see it through the endpoint.
func endpointGuardrails() []Row {
	const p = gatewayPath + "guardrails/"
	endpoint := Update(GatewayEndpoint, "endpoint_id")
	scorer := []Needer{endpoint, Read(Guardrail, "guardrail_id"), unlessDenied{authz.ScorerVersion}}
	return []Row{
		row("POST", p+"add-to-endpoint", "AddGuardrailToEndpoint", scorer...),
		row("DELETE", p+"remove-from-endpoint", "RemoveGuardrailFromEndpoint", endpoint),
		row("GET", p+"list-for-endpoint", "ListEndpointGuardrailConfigs", Read(GatewayEndpoint, "endpoint_id")).
			withholds([]Withheld{{Place: "configs[]/guardrail/scorer"}}),
		row("PATCH", p+"update-config", "UpdateEndpointGuardrailConfig", scorer...),
		adminOnly("POST", p+"create", "CreateGatewayGuardrail"),
		adminOnly("GET", p+"get", "GetGatewayGuardrail"),
		adminOnly("DELETE", p+"delete", "DeleteGatewayGuardrail"),
		adminOnly("GET", p+"list", "ListGatewayGuardrails"),
	}
}

// gatewayServer is what belongs to nobody in particular. Budgets name endpoints and users and what they have spent, so that they are the
// admins' to read as well, unlike in basic-auth.
func gatewayServer() []Row {
	const p, ajax = gatewayPath + "budgets/", "/ajax-api/3.0/mlflow/gateway/"
	return []Row{
		adminOnly("POST", p+"create", "CreateGatewayBudgetPolicy"),
		adminOnly("GET", p+"get", "GetGatewayBudgetPolicy"),
		adminOnly("POST", p+"update", "UpdateGatewayBudgetPolicy"),
		adminOnly("DELETE", p+"delete", "DeleteGatewayBudgetPolicy"),
		adminOnly("GET", p+"list", "ListGatewayBudgetPolicies"),
		adminOnly("GET", p+"windows", "ListGatewayBudgetWindows"),
		anybody("GET", ajax+"supported-providers", "ListSupportedProviders"),
		anybody("GET", ajax+"supported-models", "ListSupportedModels").takes("provider:string"),
		anybody("GET", ajax+"provider-config", "GetProviderConfig").takes("provider:string"),
		anybody("GET", ajax+"secrets/config", "GetSecretsConfig").withholds([]Withheld{{Place: "using_default_passphrase"}}),
		// These reach a whole deployments server (MLFLOW_DEPLOYMENTS_TARGET) with no credential but MLflow's own.
		adminOnly("GET", "/ajax-api/2.0/mlflow/gateway-proxy", "GatewayProxy"),
		adminOnly("POST", "/ajax-api/2.0/mlflow/gateway-proxy", "GatewayProxy"),
	}
}

// gatewayInvocations call a language model with the gateway's keys. FastAPI reads their bodies, whatever their framing, and they may be
// large, as their answers may be long: nothing of those is buffered.
//
// MLflow believes two headers. One says that the caller is a guardrail itself, so that none is to be run. The other names a trace, in which
// MLflow notes the call, whosoever's it is.
func gatewayInvocations() []Row {
	const p = "/gateway/"
	inPath := Use(GatewayNamed, "endpoint_name")
	rows := []Row{
		row("POST", p+"<endpoint_name>/mlflow/invocations", "InvokeGatewayEndpoint", inPath).with(AnyBody).takes("endpoint_name:string"),
		row("POST", p+"gemini/v1beta/models/<endpoint_name>:generateContent", "GeminiPassthroughGenerateContent", inPath).with(AnyBody).takes("endpoint_name:string"),
		row("POST", p+"gemini/v1beta/models/<endpoint_name>:streamGenerateContent", "GeminiPassthroughStreamGenerateContent", inPath).
			with(AnyBody).takes("endpoint_name:string"),
		row("POST", p+"proxy/<endpoint_name>/<path:path>", "RawGatewayProxy", proxied{}).with(AnyBody).takes("endpoint_name:string", "path:string"),
		row("GET", p+"mlflow/v1/models", "ListGatewayModels").filters(&Listing{
			Rows: "data", ID: "id", Kind: authz.GatewayEndpoint, Ref: authz.RefGatewayEndpointName, Action: authz.CanUse, Whole: true,
		}),
	}
	for _, e := range []struct{ path, operation string }{
		{"mlflow/v1/chat/completions", "ChatCompletions"},
		{"openai/v1/chat/completions", "OpenAIPassthroughChat"},
		{"openai/v1/embeddings", "OpenAIPassthroughEmbeddings"},
		{"openai/v1/responses", "OpenAIPassthroughResponses"},
		{"openai/v1/responses/compact", "OpenAIPassthroughResponsesCompact"},
		{"anthropic/v1/messages", "AnthropicPassthroughMessages"},
		{"typesafe/v1/systemone", "TypeSafePassthroughSystemOne"},
	} {
		rows = append(rows, row("POST", p+e.path, e.operation, Use(GatewayNamed, "model")).takes("model:string").with(FastAPIBody))
	}
	for i := range rows {
		rows[i].Conceals = []string{"x-mlflow-guardrail-bypass", "traceparent", "tracestate"}
	}
	return rows
}
