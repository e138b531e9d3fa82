package main

// Where the admin API is: MLflow's two generations, and what only this service has.
const (
	p2   = "/api/2.0/mlflow/"
	p3   = "/api/3.0/mlflow/"
	ours = "/api/1.0/extauthz/"
)
