package credential

import (
	"maps"
	"strings"

	"extauthz/authz"
)

// gatewayHeader carries MLflow's credential on gateway routes, where Authorization may hold the key of a model's provider that MLflow passes
// on (mlflow.gateway.constants.MLFLOW_GATEWAY_AUTH_HEADER, MLflow ≥ 3.15).
const gatewayHeader = "x-mlflow-authorization"

// gateway moves that header into Authorization's place, on those routes only: elsewhere MLflow does not look at it. As in MLflow, an empty one
// is none. It returns the header that the credential comes in.
func (o *OneOf) gateway(r authz.Request) (authz.Request, string) {
	lines := r.Headers[gatewayHeader]
	if len(lines) == 0 || len(lines) == 1 && lines[0] == "" || !o.toGateway(r.Target) {
		return r, ""
	}
	r.Headers = maps.Clone(r.Headers)
	delete(r.Headers, gatewayHeader)
	r.Headers["authorization"] = lines
	return r, gatewayHeader
}

func (o *OneOf) toGateway(target string) bool {
	for _, prefix := range o.Gateway {
		if strings.HasPrefix(target, prefix) {
			return true
		}
	}
	return false
}
