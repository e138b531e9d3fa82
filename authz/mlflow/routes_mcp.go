package mlflow

func mcpServers() []Row { return nil }
