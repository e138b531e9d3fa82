// Package client speaks to the admin API as the command line does: at the URL and with the credential that MLflow's own client would use.
//
// Load finds both where MLflow's client finds them: MLFLOW_TRACKING_URI, MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD,
// MLFLOW_TRACKING_TOKEN and the certificates' variables in the environment, then ~/.mlflow/credentials. Saved is that file.
package client
