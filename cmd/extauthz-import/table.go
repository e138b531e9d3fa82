package main

// table is one of those that are read. Others in the same database are left alone.
type table struct {
	name    string
	columns []column
	where   string // the value of the column "key" in the rows that are read
}

// column may be missing in older schemas; it is then missing in the output, too.
type column struct {
	name string
	kind kind
}

// kind is how a column's values are written; NULL is null.
type kind uint8

const (
	text kind = iota + 1
	number
	boolean
)

func permissions(name string, keys ...string) table {
	t := table{name: name}
	for _, k := range keys {
		t.columns = append(t.columns, column{k, text})
	}
	t.columns = append(t.columns, column{"user_id", number}, column{"permission", text})
	return t
}

func version(name string) table { return table{name: name, columns: []column{{"version_num", text}}} }

// tables are those of basic-auth from MLflow 2.9 to 3.18, and those of the tracking server that tell what the ids stand for, when both
// share one database.
func tables() []table {
	return []table{
		version("alembic_version"), // of basic-auth up to 3.5, and of the tracking server
		version("alembic_version_auth"),
		{name: "users", columns: []column{{"id", number}, {"username", text}, {"password_hash", text}, {"is_admin", boolean}}},
		permissions("experiment_permissions", "experiment_id"),
		permissions("registered_model_permissions", "name", "workspace"),
		permissions("scorer_permissions", "experiment_id", "scorer_name"),
		permissions("gateway_secret_permissions", "secret_id"),
		permissions("gateway_endpoint_permissions", "endpoint_id"),
		permissions("gateway_model_definition_permissions", "model_definition_id"),
		permissions("workspace_permissions", "workspace"),
		{name: "roles", columns: []column{{"id", number}, {"name", text}, {"workspace", text}, {"description", text}}},
		{name: "role_permissions", columns: []column{{"id", number}, {"role_id", number}, {"resource_type", text}, {"resource_pattern", text}, {"permission", text}}},
		{name: "user_role_assignments", columns: []column{{"id", number}, {"user_id", number}, {"role_id", number}}},
		{name: "experiments", columns: []column{{"experiment_id", text}, {"workspace", text}}},
		{name: "secrets", columns: []column{{"secret_id", text}, {"workspace", text}}},
		{name: "endpoints", columns: []column{{"endpoint_id", text}, {"workspace", text}}},
		{name: "model_definitions", columns: []column{{"model_definition_id", text}, {"workspace", text}}},
		{name: "registered_models", columns: []column{{"name", text}, {"workspace", text}}},
		{name: "registered_model_tags", columns: []column{{"name", text}, {"workspace", text}, {"value", text}}, where: "mlflow.prompt.is_prompt"},
	}
}
