package authz

var refKindNames = [...]string{
	RefExperiment:          "experiment",
	RefExperimentName:      "experiment name",
	RefRun:                 "run",
	RefLoggedModel:         "logged model",
	RefRegisteredModel:     "registered model",
	RefArtifactURI:         "artifact URI",
	RefArtifactPath:        "artifact path",
	RefKindOf:              "kind of",
	RefEverything:          "everything",
	RefTrace:               "trace",
	RefNewTrace:            "new trace",
	RefDataset:             "dataset",
	RefIssue:               "issue",
	RefReviewQueue:         "review queue",
	RefReviewQueueName:     "review queue name",
	RefLabelSchema:         "label schema",
	RefPromptJob:           "prompt job",
	RefJob:                 "job",
	RefGuardrail:           "guardrail",
	RefGatewaySecret:       "gateway secret",
	RefGatewayEndpoint:     "gateway endpoint",
	RefGatewayEndpointName: "gateway endpoint name",
	RefGatewayModel:        "gateway model",
	RefMCPServer:           "MCP server",
	RefWorkspace:           "workspace",
	RefAdminOnly:           "admin only",
	RefNewRegisteredModel:  "new registered model",
	RefNewPrompt:           "new prompt",
	RefExperimentToBe:      "experiment to be",
	RefTracedEndpoint:      "traced endpoint",
	RefMCPServerToBe:       "MCP server to be",
	RefSkill:               "skill",
	RefSkillToBe:           "skill to be",
	RefNewAssessments:      "new assessments",
}

// String says what kind of name it is: "run", "experiment name". It is "nothing" for the zero value.
func (k RefKind) String() string {
	if k == 0 || int(k) >= len(refKindNames) {
		return "nothing"
	}
	return refKindNames[k]
}
