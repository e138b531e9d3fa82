package mlflow

func scorers() []Row { return nil }
