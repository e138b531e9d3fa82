package e2e

import (
	"fmt"
	"testing"
	"time"

	"extauthz/internal/testbed"
)

// TestKubernetes has service accounts of a cluster log their runs with MLflow's own plugins for it. A namespace is a workspace: the tokens say in
// which one an account is, and the configuration which role that is.
func TestKubernetes(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	config := c.write(t, "extauthz.yaml", fmt.Sprintf(`
issuers:
- issuer: %s
  audiences: [mlflow]
  jwks_url: %s/openid/v1/jwks
  ca_file: %s/ca.crt
  token_file: %s/token
  username: "k8s.{/kubernetes.io/namespace}.{/kubernetes.io/serviceaccount/name}"
  groups: /kubernetes.io/namespace
  roles: {red: red/user}
  provision: true
`, clusterIssuer, c.server.URL, c.dir, c.dir))
	const day = 24 * time.Hour
	c.kubeconfig(t, "trainer", "red", c.token(t, "red", "trainer", "mlflow", day))
	c.kubeconfig(t, "stranger", "red", c.token(t, "blue", "trainer", "mlflow", day)) // says red, and is blue
	c.kubeconfig(t, "apiserver", "red", c.token(t, "red", "trainer", clusterIssuer, day))
	c.kubeconfig(t, "expired", "red", c.token(t, "red", "trainer", "mlflow", -time.Second))
	c.kubeconfig(t, "forged", "red", newCluster(t).token(t, "red", "trainer", "mlflow", day))
	c.write(t, "pod", c.token(t, "red", "batch", "mlflow", day))
	s := testbed.Start(t, testbed.Options{Workspaces: true, Env: []string{"EXTAUTHZ_CONFIG=" + config, "EXTAUTHZ_LOG_ALLOWED=true"}})
	tell(t, s, testbed.Newest, "cluster.py", testbed.WithKubernetes(t, testbed.Newest), "CLUSTER="+c.dir)
	sing(t, s, lines(t, c.dir+"/pod"))
}
