package api

import (
	"cmp"
	"strings"

	"extauthz/authz"
)

// What MLflow answers, its keys in alphabetical order as MLflow writes them. Each function renders one operation's output.

func empty[In, Out any](In, Out) any { return struct{}{} }

// fullUser has what every generation's client reads: those of 2.22 to 3.12 insist on the lists, that of 3.17 ignores them.
func fullUser[In any](_ In, a account) any {
	u := map[string]any{"id": a.ID, "is_admin": a.Admin, "username": a.Username}
	for _, f := range families() {
		if list := f.answer + "s"; !strings.HasPrefix(list, "gateway_") {
			u[list] = f.list(a.Grants, cmp.Or(a.Workspace, authz.DefaultWorkspace))
		}
	}
	return map[string]any{"user": u}
}

type briefUser struct {
	ID       uint64 `json:"id"`
	IsAdmin  bool   `json:"is_admin"`
	Username string `json:"username"`
}

type listedUser struct {
	ID       uint64       `json:"id"`
	IsAdmin  bool         `json:"is_admin"`
	Roles    []roleObject `json:"roles"`
	Username string       `json:"username"`
}

func userList(_ noInput, users []account) any {
	listed := make([]listedUser, 0, len(users))
	for _, u := range users {
		listed = append(listed, listedUser{ID: u.ID, IsAdmin: u.Admin, Roles: objects(u.Roles, roleObjectOf), Username: u.Username})
	}
	return map[string]any{"users": listed}
}

// current is what MLflow's web UI learns from that there are accounts, and whose it is used with. It offers to change the password and to log
// out, which means to make the browser forget it, only if the browser has one.
func current(_ noInput, me signedIn) any {
	u := me.User
	byBrowser := me.Method == authz.ByPassword || me.Method == authz.ByToken
	return map[string]any{"is_basic_auth": byBrowser, "user": briefUser{ID: u.ID, IsAdmin: u.Admin, Username: u.Username}}
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
	for _, r := range append(a.hidden(), a.Roles...) {
		for _, g := range r.Grants {
			rows = append(rows, grantRow{
				Permission: g.Permission.String(), ResourcePattern: g.Resource.ID, ResourceType: string(g.Resource.Kind),
				RoleID: r.ID, RoleName: r.Name, Workspace: g.Resource.Workspace,
			})
		}
	}
	return map[string]any{"is_admin": a.Admin, "permissions": rows}
}
