// Package testbed starts the real thing for tests: Envoy in front of a plain MLflow, every request decided by this service.
//
//	stack := testbed.Start(t, testbed.Options{})
//	stack.Python(t, testbed.Newest, script, "MLFLOW_TRACKING_USERNAME=alice", …)
//
// A stack is what e2e/start.sh starts, on free ports and in a directory of its own, so tests and users run the same thing. It ends with
// its test; when that failed, the end of every part's log is in the test's output. Kill and Revive are for tests of what happens when a
// part dies at a bad moment.
//
// Nothing is skipped: where Envoy, MLflow or the service's binary is missing, the test fails and says which make target makes it.
package testbed
