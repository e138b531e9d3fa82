package migrate

import (
	"fmt"

	"github.com/go-json-experiment/json"
)

// Dump is a database as cmd/extauthz-import prints it. A table that the database does not have is nil.
type Dump struct {
	Format  int    `json:"format"`
	Dialect string `json:"dialect"`
	Tables  Tables `json:"tables"`
}

// Tables are those of basic-auth, and those of the tracking server, which may be in the same database, that tell where things are. A column that is NULL is nil.
type Tables struct {
	Alembic     []Version `json:"alembic_version"`
	AlembicAuth []Version `json:"alembic_version_auth"`

	Users []User `json:"users"`

	Experiments      []Permission `json:"experiment_permissions"`
	Models           []Permission `json:"registered_model_permissions"`
	Scorers          []Permission `json:"scorer_permissions"`
	GatewaySecrets   []Permission `json:"gateway_secret_permissions"`
	GatewayEndpoints []Permission `json:"gateway_endpoint_permissions"`
	GatewayModels    []Permission `json:"gateway_model_definition_permissions"`
	Workspaces       []Permission `json:"workspace_permissions"`

	Roles           []Role           `json:"roles"`
	RolePermissions []RolePermission `json:"role_permissions"`
	Assignments     []Assignment     `json:"user_role_assignments"`

	TrackedExperiments []Thing `json:"experiments"`
	TrackedSecrets     []Thing `json:"secrets"`
	TrackedEndpoints   []Thing `json:"endpoints"`
	TrackedDefinitions []Thing `json:"model_definitions"`
	TrackedModels      []Thing `json:"registered_models"`
	PromptTags         []Thing `json:"registered_model_tags"`
}

// Version is a row of one of alembic's tables.
type Version struct {
	Number string `json:"version_num"`
}

// User is a row of users.
type User struct {
	ID           int64   `json:"id"`
	Username     *string `json:"username"`
	PasswordHash *string `json:"password_hash"`
	Admin        *bool   `json:"is_admin"`
}

// Permission is a row of one of the tables that MLflow up to 3.12 reads. Which of the fields it has depends on the table.
type Permission struct {
	UserID     int64   `json:"user_id"`
	Permission *string `json:"permission"`
	Workspace  *string `json:"workspace"`

	Experiment      string `json:"experiment_id"`
	Name            string `json:"name"`
	Scorer          string `json:"scorer_name"`
	GatewaySecret   string `json:"secret_id"`
	GatewayEndpoint string `json:"endpoint_id"`
	GatewayModel    string `json:"model_definition_id"`
}

// Role is a row of roles.
type Role struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Workspace   string  `json:"workspace"`
	Description *string `json:"description"`
}

// RolePermission is a row of role_permissions.
type RolePermission struct {
	ID         int64   `json:"id"`
	RoleID     int64   `json:"role_id"`
	Type       string  `json:"resource_type"`
	Pattern    string  `json:"resource_pattern"`
	Permission *string `json:"permission"`
}

// Assignment is a row of user_role_assignments.
type Assignment struct {
	ID     int64 `json:"id"`
	UserID int64 `json:"user_id"`
	RoleID int64 `json:"role_id"`
}

// Thing is what the tracking server has under an id or a name. Value is the prompt tag's.
type Thing struct {
	Experiment      string  `json:"experiment_id"`
	Name            string  `json:"name"`
	GatewaySecret   string  `json:"secret_id"`
	GatewayEndpoint string  `json:"endpoint_id"`
	GatewayModel    string  `json:"model_definition_id"`
	Workspace       *string `json:"workspace"`
	Value           *string `json:"value"`
}

const format = 1

// ParseDump is strict: what it does not know is an error, since it might matter. Errors quote nothing of the text.
func ParseDump(text []byte) (Dump, error) {
	var d Dump
	if err := json.Unmarshal(text, &d, json.RejectUnknownMembers(true)); err != nil {
		return Dump{}, fmt.Errorf("what extauthz-import printed cannot be read; is it of the same release? %w", err)
	}
	if d.Format != format {
		return Dump{}, fmt.Errorf("extauthz-import printed format %d, and this is %d: use the two of one release", d.Format, format)
	}
	return d, nil
}
