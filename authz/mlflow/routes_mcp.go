package mlflow

import (
	"strings"

	"extauthz/authz"
)

// mcpServers is the registry of MCP servers. "<path:name>" is a name of two segments, see parseSegments.
func mcpServers() []Row {
	const p = "/api/3.0/mlflow/mcp-servers"
	const one = p + "/<path:name>"
	const id = "name"
	const tag = "key:string value:string"
	whole := withParts{fieldNeed{authz.CanDelete, MCPServer, parseField(id)}, []authz.Kind{authz.MCPServerVersion}}
	return append(mcpEndpoints(p, one, id, whole), []Row{
		row("POST", p, "CreateMCPServer", NotDenied(MCPServer, id)).takes("name:string description:string icons:google.protobuf.ListValue").
			creates(Subject{Kind: authz.MCPServer, ID: id}),
		// Filters by status look at versions.
		row("GET", p, "SearchMCPServers", vetoIf{authz.MCPServerVersion, []string{"filter_string"}}).takes(mcpSearch).
			filters(&Listing{Rows: "mcp_servers", ID: id, Kind: authz.MCPServer, Whole: true}).
			withholds(mcpVersions("mcp_servers[]/access_endpoints[]")),
		row("GET", one, "GetMCPServer", Read(MCPServer, id)).takes(pathName).withholds(mcpVersions("access_endpoints[]")),
		row("PATCH", one, "UpdateMCPServer", Update(MCPServer, id)).
			takes(pathName + " display_name:string description:string icons:google.protobuf.ListValue").
			withholds(mcpVersions("access_endpoints[]")),
		row("DELETE", one, "DeleteMCPServer", whole).takes(pathName).with(NoBody).then(authz.Deletes, Subject{Kind: authz.MCPServer, ID: id}),

		// MLflow makes the server of a version that has none.
		row("POST", one+"/versions", "CreateMCPServerVersion", Update(MCPServerToBe, id), unlessDenied{authz.MCPServerVersion}).
			takes(pathName + " server_json:google.protobuf.Struct status:string source:string tools:google.protobuf.ListValue" +
				" connect_options:google.protobuf.Struct").
			creates(Subject{Kind: authz.MCPServer, ID: id, Perhaps: true}),
		row("GET", one+"/versions", "SearchMCPServerVersions", Read(MCPVersion, id)).takes(pathName + " " + mcpSearch),
		row("GET", one+"/versions/<path:version>", "GetMCPServerVersion", Read(MCPVersion, id)).takes(pathName),
		row("PATCH", one+"/versions/<path:version>", "UpdateMCPServerVersion", Update(MCPVersion, id), deletedBy{Delete(MCPVersion, id)}).
			takes(pathName + " status:string tools:google.protobuf.ListValue connect_options:google.protobuf.Struct"),
		row("DELETE", one+"/versions/<path:version>", "DeleteMCPServerVersion", Delete(MCPVersion, id)).takes(pathName).with(NoBody),
		row("POST", one+"/versions/<path:version>/tags", "SetMCPServerVersionTag", Update(MCPVersion, id)).takes(pathName + " " + tag),
		row("DELETE", one+"/versions/<path:version>/tags/<path:key>", "DeleteMCPServerVersionTag", Delete(MCPVersion, id)).takes(pathName).with(NoBody),

		row("POST", one+"/aliases", "SetMCPServerAlias", Update(MCPServer, id), Read(MCPVersion, id)).takes(pathName + " alias:string version:string"),
		row("GET", one+"/aliases/<path:alias>", "GetMCPServerVersionByAlias", Read(MCPVersion, id)).takes(pathName),
		row("DELETE", one+"/aliases/<path:alias>", "DeleteMCPServerAlias", Delete(MCPServer, id), Read(MCPVersion, id)).takes(pathName).with(NoBody),
		row("POST", one+"/tags", "SetMCPServerTag", Update(MCPServer, id)).takes(pathName + " " + tag),
		row("DELETE", one+"/tags/<path:key>", "DeleteMCPServerTag", whole).takes(pathName).with(NoBody),
	}...)
}

// mcpEndpoints say where a version of a server can be reached. The list of all servers' is filtered; one server's are its own.
func mcpEndpoints(p, one, id string, whole withParts) []Row {
	const target = " server_version:string server_alias:string url:string transport_type:string"
	const search = mcpSearch + " server_version:string server_alias:string"
	version := vetoIf{authz.MCPServerVersion, []string{"server_version", "server_alias"}}
	selected := vetoIf{authz.MCPServerVersion, []string{"server_version", "server_alias", "filter_string"}}
	return []Row{
		row("GET", p+"/endpoints", "SearchAllMCPAccessEndpoints", selected).takes(search).
			filters(&Listing{Rows: "mcp_access_endpoints", ID: "server_name", Kind: authz.MCPServer, Whole: true}).
			withholds(mcpVersions("mcp_access_endpoints[]")),
		row("GET", one+"/endpoints", "SearchMCPAccessEndpoints", Read(MCPServer, id), selected).takes(pathName + " " + search).
			withholds(mcpVersions("mcp_access_endpoints[]")),
		row("POST", one+"/endpoints", "CreateMCPAccessEndpoint", Update(MCPServer, id), version).takes(pathName + target).withholds(mcpVersions("")),
		row("GET", one+"/endpoints/<endpoint_id>", "GetMCPAccessEndpoint", Read(MCPServer, id)).takes(pathName).withholds(mcpVersions("")),
		row("PATCH", one+"/endpoints/<endpoint_id>", "UpdateMCPAccessEndpoint", Update(MCPServer, id), version).takes(pathName + target).
			withholds(mcpVersions("")),
		row("DELETE", one+"/endpoints/<endpoint_id>", "DeleteMCPAccessEndpoint", whole).takes(pathName).with(NoBody),
	}
}

const (
	pathName  = "name:string" // stands in the path
	mcpSearch = "filter_string:string max_results:int64 order_by:string[] page_token:string"
)

// mcpVersions is what an access endpoint tells of the version behind it.
func mcpVersions(endpoint string) []Withheld {
	var all []Withheld
	for name := range strings.FieldsSeq("resolved_version tools server_version server_alias") {
		all = append(all, Withheld{Place: place(endpoint, name), Kind: authz.MCPServerVersion})
	}
	return all
}
