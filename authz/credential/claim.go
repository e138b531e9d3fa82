package credential

import (
	"strings"

	"extauthz/authz"
)

// What a request claims to carry besides the kinds that there are.
const (
	ClaimsNothing = "none"
	ClaimsOther   = "other"
)

// Claims are all that Claimed says.
func Claims() []string {
	return []string{
		string(authz.ByPassword), string(authz.ByToken), string(authz.ByJWT), string(authz.BySignature), string(authz.ByCertificate),
		string(authz.ByIdentityHeader), ClaimsNothing, ClaimsOther,
	}
}

// Claimed is the kind of credential that a request says it has. Whatever the request says, it is one of Claims.
func Claimed(r authz.Request) string {
	values := r.Headers["authorization"]
	switch {
	case len(values) == 0 && r.Certificate != "":
		return string(authz.ByCertificate)
	case len(values) == 0:
		return ClaimsNothing
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
		return ClaimsOther
	}
}
