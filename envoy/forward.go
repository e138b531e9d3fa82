package envoy

import (
	"extauthz/authz"
	"extauthz/authz/credential"
)

// forward is how a request that is let through changes on its way.
type forward struct {
	set    []string // names and values
	remove []string
}

const (
	workspaceHeader     = "x-mlflow-workspace" // where MLflow looks
	authorizationHeader = "authorization"
	gatewayHeader       = "x-mlflow-authorization"
)

// forward takes the credential out and makes MLflow look where we looked: where that was no workspace, because MLflow has none or the operation
// is public, MLflow shall not look in one. A response that we have to read must come uncompressed.
func (c *Checker) forward(d authz.Decision, r authz.Request) forward {
	if d.Effect != authz.Allowed {
		return forward{}
	}
	if d.Reason == authz.Delegated {
		return c.delegate(d, r)
	}
	f := forward{remove: append(c.credentials(d.Principal), d.Operation.Conceals...)}
	if d.Operation.Response != "" {
		f.remove = append(f.remove, "accept-encoding")
	}
	if d.Operation.Workspace == "" {
		f.remove = append(f.remove, workspaceHeader)
	} else {
		f.set = []string{workspaceHeader, d.Operation.Workspace}
	}
	return f
}

// credentials are the headers that may hold one. On gateway routes Authorization is the model provider's, which MLflow passes on, when the
// credential came in the gateway's own header.
func (c *Checker) credentials(p authz.Principal) []string {
	names := make([]string, 0, len(c.Conceal)+4)
	if p.Header == "" {
		names = append(names, authorizationHeader)
	}
	return append(append(names, gatewayHeader), c.Conceal...)
}

// delegate tells our own endpoints whom the check authenticated, in the credential's place. An endpoint that is told nothing verifies the
// credential again, if it came in Authorization: to that endpoint any other header comes from the proxy, whoever wrote it.
func (c *Checker) delegate(d authz.Decision, r authz.Request) forward {
	if c.Assert == nil {
		return forward{remove: c.Conceal}
	}
	assertion, err := c.Assert(d.Principal, r)
	if err != nil {
		return forward{remove: c.Conceal}
	}
	return forward{set: []string{credential.PrincipalHeader, assertion}, remove: c.credentials(authz.Principal{})}
}
