package metrics

import (
	"strings"

	"extauthz/authz"
)

const (
	claimsNothing = "none"
	claimsOther   = "other"
)

// claimed is the kind of credential that a request says it has. Whatever the request says, it is one of kinds.
func claimed(r authz.Request) string {
	values := r.Headers["authorization"]
	switch {
	case len(values) == 0 && r.Certificate != "":
		return string(authz.ByCertificate)
	case len(values) == 0:
		return claimsNothing
	}
	scheme, credential, _ := strings.Cut(values[0], " ")
	switch {
	case strings.EqualFold(scheme, "Basic"):
		return string(authz.ByPassword)
	case strings.EqualFold(scheme, "Bearer") && strings.Count(credential, ".") == 2:
		return string(authz.ByJWT)
	case strings.EqualFold(scheme, "Bearer"):
		return string(authz.ByToken)
	case strings.EqualFold(scheme, "AWS4-HMAC-SHA256"):
		return string(authz.BySignature)
	default:
		return claimsOther
	}
}
