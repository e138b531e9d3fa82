package api

import (
	"strconv"

	"extauthz/authz"
	"extauthz/store"
)

// What MLflow answers, its keys in alphabetical order as MLflow writes them. Each function renders one operation's output.

func empty[In, Out any](In, Out) any { return struct{}{} }

// userObject has what every generation's client reads: the one of 2.22 insists on the two lists, that of 3.17 ignores them.
type userObject struct {
	ExperimentPermissions      []experimentObject `json:"experiment_permissions"`
	ID                         uint64             `json:"id"`
	IsAdmin                    bool               `json:"is_admin"`
	RegisteredModelPermissions []modelObject      `json:"registered_model_permissions"`
	Username                   string             `json:"username"`
}

type experimentObject struct {
	ExperimentID identifier `json:"experiment_id"`
	Permission   string     `json:"permission"`
	UserID       uint64     `json:"user_id"`
}

type modelObject struct {
	Name       string `json:"name"`
	Permission string `json:"permission"`
	UserID     uint64 `json:"user_id"`
}

func fullUser[In any](_ In, a account) any {
	u := userObject{
		ID: a.ID, Username: a.Username, IsAdmin: a.Admin,
		ExperimentPermissions: []experimentObject{}, RegisteredModelPermissions: []modelObject{},
	}
	for _, g := range a.Grants {
		switch {
		case g.Resource.ID == authz.AnyID: // patterns are unknown to the generation that reads these lists
		case g.Resource.Kind == authz.Experiment:
			u.ExperimentPermissions = append(u.ExperimentPermissions, anExperiment(identifier{Text: g.Resource.ID}, g))
		case g.Resource.Kind == authz.RegisteredModel:
			u.RegisteredModelPermissions = append(u.RegisteredModelPermissions, aModel(g))
		}
	}
	return map[string]any{"user": u}
}

func anExperiment(id identifier, g store.Grant) experimentObject {
	return experimentObject{ExperimentID: id, Permission: g.Permission.String(), UserID: g.Holder}
}

func aModel(g store.Grant) modelObject {
	return modelObject{Name: g.Resource.ID, Permission: g.Permission.String(), UserID: g.Holder}
}

// experimentPermission repeats the id with the JSON type that was sent, as MLflow does.
func experimentPermission[In interface{ id() identifier }](in In, g store.Grant) any {
	return map[string]any{"experiment_permission": anExperiment(in.id(), g)}
}

func (in experimentKey) id() identifier { return in.ExperimentID }

func modelPermission[In any](_ In, g store.Grant) any {
	return map[string]any{"registered_model_permission": aModel(g)}
}

type briefUser struct {
	ID       uint64 `json:"id"`
	IsAdmin  bool   `json:"is_admin"`
	Username string `json:"username"`
}

type listedUser struct {
	ID       uint64     `json:"id"`
	IsAdmin  bool       `json:"is_admin"`
	Roles    []struct{} `json:"roles"`
	Username string     `json:"username"`
}

func userList(_ noInput, users []store.User) any {
	listed := make([]listedUser, 0, len(users))
	for _, u := range users {
		listed = append(listed, listedUser{ID: u.ID, IsAdmin: u.Admin, Roles: []struct{}{}, Username: u.Username})
	}
	return map[string]any{"users": listed}
}

func current(_ noInput, u store.User) any {
	return map[string]any{"is_basic_auth": true, "user": briefUser{ID: u.ID, IsAdmin: u.Admin, Username: u.Username}}
}

func effectiveLevel(_ resourceKey, e effective) any {
	return map[string]any{"allowed": e.CanUse, "permission": e.Permission.String()}
}

// grantRow is one grant of a role. What is granted to a user directly MLflow keeps on a hidden role of that user; its web UI knows those
// rows by the role's name.
type grantRow struct {
	Permission      string `json:"permission"`
	ResourcePattern string `json:"resource_pattern"`
	ResourceType    string `json:"resource_type"`
	RoleID          uint64 `json:"role_id"`
	RoleName        string `json:"role_name"`
	Workspace       string `json:"workspace"`
}

func grantList[In any](_ In, a account) any {
	rows := make([]grantRow, 0, len(a.Grants))
	for _, g := range a.Grants {
		rows = append(rows, grantRow{
			Permission: g.Permission.String(), ResourcePattern: g.Resource.ID, ResourceType: string(g.Resource.Kind),
			RoleID: a.ID, RoleName: "__user_" + strconv.FormatUint(a.ID, 10) + "__", Workspace: g.Resource.Workspace,
		})
	}
	return map[string]any{"is_admin": a.Admin, "permissions": rows}
}

// roleList is empty until there are roles: a user's own hidden one is nothing to show.
func roleList(byName, account) any { return map[string]any{"roles": []struct{}{}} }
