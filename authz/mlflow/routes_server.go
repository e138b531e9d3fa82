package mlflow

// webhooks have MLflow send requests wherever they say.
func webhooks() []Row {
	const p = "/api/2.0/mlflow/webhooks"
	return []Row{
		adminOnly("POST", p, "CreateWebhook"),
		adminOnly("GET", p, "ListWebhooks"),
		adminOnly("GET", p+"/<webhook_id>", "GetWebhook"),
		adminOnly("PATCH", p+"/<webhook_id>", "UpdateWebhook"),
		adminOnly("DELETE", p+"/<webhook_id>", "DeleteWebhook"),
		adminOnly("POST", p+"/<webhook_id>/test", "TestWebhook"),
	}
}

// assistant runs a coding agent with a shell on MLflow's own machine. It answers local clients only, and behind a proxy on the same machine
// everybody is one.
func assistant() []Row {
	const p = "/ajax-api/3.0/mlflow/assistant/"
	return []Row{
		nobody("GET", p+"config", "GetAssistantConfig"),
		nobody("PUT", p+"config", "UpdateAssistantConfig"),
		nobody("POST", p+"message", "SendAssistantMessage"),
		nobody("GET", p+"providers", "ListAssistantProviders"),
		nobody("GET", p+"providers/<provider>/health", "CheckAssistantProvider"),
		nobody("GET", p+"providers/<provider>/models", "ListAssistantProviderModels"),
		nobody("PATCH", p+"sessions/<session_id>", "PatchAssistantSession"),
		nobody("POST", p+"sessions/<session_id>/permission", "ResolveAssistantPermission"),
		nobody("GET", p+"sessions/<session_id>/stream", "StreamAssistantResponse"),
		nobody("POST", p+"sessions/<session_id>/tool-result", "ResolveAssistantToolResult"),
		nobody("POST", p+"skills/install", "InstallAssistantSkills"),
	}
}

// demo makes and deletes experiments, prompts and judges that belong to nobody.
func demo() []Row {
	return []Row{
		adminOnly("POST", "/ajax-api/3.0/mlflow/demo/generate", "GenerateDemo").takes("features:string[]"),
		adminOnly("POST", "/ajax-api/3.0/mlflow/demo/delete", "DeleteDemo"),
	}
}
