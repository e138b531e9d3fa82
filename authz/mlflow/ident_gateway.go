package mlflow

import "regexp"

// canonicalEndpointName accepts what MLflow calls a valid endpoint name (mlflow/gateway/utils.py, is_valid_endpoint_name). Before 3.9 it
// took letters of every script; those names can only be used by id.
func canonicalEndpointName(name string) bool { return endpointName.MatchString(name) }

// canonicalMCPServer accepts the names that MLflow lets anybody register (mlflow/entities/mcp_server.py, validate_mcp_server_name). The
// reserved slugs are words of MLflow's own paths, so that no path has two readings.
func canonicalMCPServer(name string) bool {
	parts := mcpServerName.FindStringSubmatch(name)
	return parts != nil && len(name) <= maxName && !reservedSlugs[parts[1]]
}

// canonicalSkill accepts both halves of a skill's name (mlflow/utils/validation.py of 3.18).
func canonicalSkill(organization, name string) bool {
	return skillName.MatchString(name) && len(name) <= maxSkill &&
		(organization == "" || organizationName.MatchString(organization) && len(organization) <= maxSkill)
}

// skillID is a skill's name as grants have it.
func skillID(organization, name string) string {
	if organization == "" {
		return name
	}
	return "@" + organization + "/" + name
}

const maxSkill = 64

const formSkill = "lower-case letters, digits and single hyphens, at most 64 of them"

var (
	endpointName     = regexp.MustCompile(`\A[a-zA-Z0-9_.-]{1,256}\z`)
	mcpServerName    = regexp.MustCompile(`\A[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]/([a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9])\z`)
	reservedSlugs    = map[string]bool{"aliases": true, "endpoints": true, "tags": true, "versions": true}
	skillName        = regexp.MustCompile(`\A[a-z0-9]+(-[a-z0-9]+)*\z`)
	organizationName = regexp.MustCompile(`\A[a-z0-9]+([-.][a-z0-9]+)*\z`)
)
