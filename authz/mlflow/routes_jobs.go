package mlflow

func jobs() []Row { return nil }
