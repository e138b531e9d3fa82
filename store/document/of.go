package document

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"unicode/utf8"

	"extauthz/authz"
	"extauthz/store"
)

// Of is the document of a whole state. It fails for a name that is no UTF-8, which neither format can hold.
func Of(s store.Snapshot, secrets bool) (Document, error) {
	w := writer{secrets: secrets, users: map[string]int{}, roles: map[store.RoleName]int{}}
	w.out = Document{Version: Version, Secrets: secrets, Users: []User{}, Roles: []Role{}}
	for _, u := range s.Users {
		w.user(u)
	}
	for _, r := range s.Roles {
		w.role(r)
	}
	for _, a := range s.Assignments {
		u := &w.out.Users[w.users[a.Username]]
		u.Roles = append(u.Roles, RoleName{w.text(a.Role.Name), elsewhere(a.Role.Workspace, authz.DefaultWorkspace)})
	}
	for _, g := range s.Grants {
		w.grant(g)
	}
	if secrets {
		for _, c := range s.Credentials {
			u := &w.out.Users[w.users[c.Username]]
			u.Credentials = append(u.Credentials, w.credential(c.Credential))
		}
	}
	return w.out, w.err
}

type writer struct {
	out     Document
	secrets bool
	users   map[string]int // where they are in the document
	roles   map[store.RoleName]int
	err     error
}

func (w *writer) text(s string) string {
	if !utf8.ValidString(s) {
		w.err = cmp.Or(w.err, fmt.Errorf("the name %q is no UTF-8, and cannot be written", s))
	}
	return s
}

// elsewhere is the workspace, unless it is the one that goes without saying.
func elsewhere(workspace, usual string) string {
	if workspace == usual {
		return ""
	}
	return workspace
}

func (w *writer) user(u store.User) {
	one := User{
		Username: w.text(u.Username), Admin: u.Admin, Disabled: u.Disabled, ServiceAccount: u.ServiceAccount,
		MustChangePassword: u.MustChangePassword, CreatedAt: u.CreatedAt.UTC(),
	}
	if w.secrets {
		one.PasswordHash = u.PasswordHash
	}
	w.users[u.Username] = len(w.out.Users)
	w.out.Users = append(w.out.Users, one)
}

func (w *writer) role(r store.Role) {
	w.roles[store.RoleName{Workspace: r.Workspace, Name: r.Name}] = len(w.out.Roles)
	w.out.Roles = append(w.out.Roles, Role{
		Name: w.text(r.Name), Workspace: elsewhere(r.Workspace, authz.DefaultWorkspace), Description: w.text(r.Description),
		DefaultPermission: r.Default.String(), CreatedAt: r.CreatedAt.UTC(),
	})
}

func (w *writer) grant(g store.NamedGrant) {
	if g.Holder.Username != "" {
		u := &w.out.Users[w.users[g.Holder.Username]]
		u.Permissions = append(u.Permissions, w.permission(g.Resource, g.Permission, authz.DefaultWorkspace))
		return
	}
	r := &w.out.Roles[w.roles[g.Holder.Role]]
	r.Permissions = append(r.Permissions, w.permission(g.Resource, g.Permission, g.Holder.Role.Workspace))
}

func (w *writer) permission(r authz.Resource, p authz.Permission, usual string) Permission {
	return Permission{
		ResourceType: w.text(string(r.Kind)), ResourceID: w.text(r.ID), Workspace: elsewhere(w.text(r.Workspace), usual), Permission: p.String(),
	}
}

func (w *writer) credential(c store.Credential) Credential {
	one := Credential{
		Kind: string(c.Kind), Name: w.text(c.Name), Key: base64.StdEncoding.EncodeToString(c.Key),
		Sealed: base64.StdEncoding.EncodeToString(c.Sealed), CreatedAt: c.CreatedAt.UTC(), ExpiresAt: c.ExpiresAt.UTC(),
	}
	if c.Scope != nil {
		one.Scope = &Scope{ReadOnly: c.Scope.ReadOnly}
		for _, ceiling := range c.Scope.Ceilings {
			one.Scope.Permissions = append(one.Scope.Permissions, w.permission(ceiling.Resource, ceiling.Permission, authz.DefaultWorkspace))
		}
	}
	return one
}
