package mlflow

// Rows returns the table: every operation of MLflow that is known, and what it needs. A request that no row names is refused to all but
// admins. Permissions follow MLflow 3.17's basic-auth (mlflow/server/auth/__init__.py, BEFORE_REQUEST_HANDLERS) unless a comment says why not.
func Rows() []Row {
	var rows []Row
	for _, family := range [][]Row{
		shell(), experiments(), runs(), artifacts(), registeredModels(), modelVersions(), loggedModels(), graphQLRows(), authAPI(),
		traces(), datasets(), issues(), labelSchemas(), reviewQueues(), scorers(), jobs(), gateway(),
		gatewayInvocations(), mcpServers(), webhooks(), assistant(), demo(), skills(), workspaces(),
	} {
		rows = append(rows, family...)
	}
	return rows
}

// shell is the web UI's page and files, and what tells whether a server is there. Files carry no data, so they are public, as in MLflow.
func shell() []Row {
	return []Row{
		public("GET", "/health", "Health"),
		public("GET", "/static-files/<path:path>", "StaticFiles"),
		public("GET", "/favicon.ico", "Favicon"),
		public("GET", "/api/3.0/mlflow/server-info", "GetServerInfo"), // MLflow's clients ask it before they log in
		anybody("GET", "/", "UI"),
		anybody("GET", "/version", "Version"),
		anybody("GET", "/ajax-api/3.0/mlflow/ui-telemetry", "GetUITelemetry"),
		anybody("POST", "/ajax-api/3.0/mlflow/ui-telemetry", "PostUITelemetry").with(AnyBody),
	}
}

// graphQLRows is what the web UI's pages of a run and of an experiment ask. MLflow takes a GET as well, and fails on every one.
func graphQLRows() []Row {
	return []Row{
		row("POST", "/graphql", "GraphQL").takes("query:string", "variables:google.protobuf.Struct", "operationName:string").answersFields(),
	}
}
