package mlflow

func traces() []Row { return nil }
