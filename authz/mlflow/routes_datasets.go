package mlflow

func datasets() []Row { return nil }
