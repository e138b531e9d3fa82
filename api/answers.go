package api

import (
	"cmp"

	"extauthz/authz"
	"extauthz/store"
)

// What MLflow answers, its keys in alphabetical order as MLflow writes them. Each function renders one operation's output.

type emptyAnswer struct{}

func empty[In, Out any](In, Out) emptyAnswer { return emptyAnswer{} }

type userAnswer struct {
	User userObject `json:"user"`
}

// userObject has what every generation's client reads: those of 2.22 to 3.12 insist on the lists, that of 3.17 ignores them.
type userObject struct {
	ExperimentPermissions      []familyObject `json:"experiment_permissions"`
	ID                         uint64         `json:"id"`
	IsAdmin                    bool           `json:"is_admin"`
	RegisteredModelPermissions []familyObject `json:"registered_model_permissions"`
	ScorerPermissions          []familyObject `json:"scorer_permissions"`
	Username                   string         `json:"username"`
}

func fullUser[In any](_ In, a account) userAnswer {
	lists := map[authz.Kind][]familyObject{}
	for _, f := range families() {
		lists[f.kind] = f.list(a.Grants, cmp.Or(a.Workspace, authz.DefaultWorkspace))
	}
	return userAnswer{userObject{
		ExperimentPermissions: lists[authz.Experiment], RegisteredModelPermissions: lists[authz.RegisteredModel],
		ScorerPermissions: lists[authz.Scorer], ID: a.ID, IsAdmin: a.Admin, Username: a.Username,
	}}
}

type briefUserObject struct {
	ID       uint64 `json:"id"`
	IsAdmin  bool   `json:"is_admin"`
	Username string `json:"username"`
}

type listedUserObject struct {
	ID       uint64       `json:"id"`
	IsAdmin  bool         `json:"is_admin"`
	Roles    []roleObject `json:"roles"`
	Username string       `json:"username"`
}

type userListAnswer struct {
	Users []listedUserObject `json:"users"`
}

func userList(_ noInput, users []account) userListAnswer {
	listed := make([]listedUserObject, 0, len(users))
	for _, u := range users {
		listed = append(listed, listedUserObject{ID: u.ID, IsAdmin: u.Admin, Roles: objects(u.Roles, roleObjectOf), Username: u.Username})
	}
	return userListAnswer{listed}
}

type currentAnswer struct {
	IsBasicAuth bool            `json:"is_basic_auth"`
	User        briefUserObject `json:"user"`
}

// current is what MLflow's web UI learns from that there are accounts, and whose it is used with. It offers to change the password and to log
// out, which means to make the browser forget it, only if the browser has one.
func current(_ noInput, me signedIn) currentAnswer {
	u := me.User
	byBrowser := me.Method == authz.ByPassword || me.Method == authz.ByToken
	return currentAnswer{byBrowser, briefUserObject{ID: u.ID, IsAdmin: u.Admin, Username: u.Username}}
}

type effectiveAnswer struct {
	Allowed    bool   `json:"allowed"`
	Permission string `json:"permission"`
}

func effectiveLevel(_ resourceKey, e effective) effectiveAnswer {
	return effectiveAnswer{e.CanUse, e.Permission.String()}
}

type userGrantAnswer struct {
	Permission userGrantObject `json:"permission"`
}

// userGrantObject is what is granted to a user on one resource.
type userGrantObject struct {
	Permission   string `json:"permission"`
	ResourceID   string `json:"resource_id"`
	ResourceType string `json:"resource_type"`
	UserID       uint64 `json:"user_id"`
	Workspace    string `json:"workspace"`
}

func oneUserGrant(_ resourceKey, g store.Grant) userGrantAnswer {
	return userGrantAnswer{userGrantObject{
		Permission: g.Permission.String(), ResourceID: g.Resource.ID, ResourceType: string(g.Resource.Kind), UserID: g.Holder, Workspace: g.Resource.Workspace,
	}}
}

type grantListAnswer struct {
	IsAdmin     bool             `json:"is_admin"`
	Permissions []grantRowObject `json:"permissions"`
}

// grantRowObject is one grant of a role. What is granted to a user directly MLflow keeps on a hidden role of that user; its web UI knows those
// rows by the role's name.
type grantRowObject struct {
	Permission      string `json:"permission"`
	ResourcePattern string `json:"resource_pattern"`
	ResourceType    string `json:"resource_type"`
	RoleID          uint64 `json:"role_id"`
	RoleName        string `json:"role_name"`
	Workspace       string `json:"workspace"`
}

func grantList[In any](_ In, a account) grantListAnswer {
	rows := make([]grantRowObject, 0, len(a.Grants))
	for _, r := range append(a.hidden(), a.Roles...) {
		for _, g := range r.Grants {
			rows = append(rows, grantRowObject{
				Permission: g.Permission.String(), ResourcePattern: g.Resource.ID, ResourceType: string(g.Resource.Kind),
				RoleID: r.ID, RoleName: r.Name, Workspace: g.Resource.Workspace,
			})
		}
	}
	return grantListAnswer{a.Admin, rows}
}
