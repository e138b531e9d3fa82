// Package e2e holds the stories that users live through, told with the real parts: MLflow's own Python client and a real browser, Envoy,
// MLflow and the service. The scripts in python/ tell the stories; the tests here set the stage.
package e2e
