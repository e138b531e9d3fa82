package testbed

import (
	"os"
	"slices"
	"strings"
)

// cleanEnvironment is this process's without what would change how MLflow, its client or the service behave.
func cleanEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(line string) bool {
		for _, prefix := range []string{"MLFLOW_", "EXTAUTHZ_", "OTEL_", "ADMIN_", "PYTHON", "HTTP_PROXY=", "HTTPS_PROXY=", "http_proxy=", "https_proxy="} {
			if strings.HasPrefix(line, prefix) {
				return true
			}
		}
		return false
	})
}
