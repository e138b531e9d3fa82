package document

import (
	"cmp"
	"encoding/base64"
	"fmt"

	"extauthz/authz"
	"extauthz/store"
)

// state is a document in the store's words, by names.
type state struct {
	users       map[string]store.User
	roles       map[store.RoleName]store.Role
	assignments map[store.NamedAssignment]bool
	grants      map[held]authz.Permission
	credentials map[store.CredentialName]store.NamedCredential
}

// held is a grant less how much it is.
type held struct {
	store.Holder
	authz.Resource
}

func newState() state {
	return state{
		users: map[string]store.User{}, roles: map[store.RoleName]store.Role{}, assignments: map[store.NamedAssignment]bool{},
		grants: map[held]authz.Permission{}, credentials: map[store.CredentialName]store.NamedCredential{},
	}
}

// stateOf is what a store has.
func stateOf(s store.Snapshot) state {
	st := newState()
	for _, u := range s.Users {
		st.users[u.Username] = u
	}
	for _, r := range s.Roles {
		st.roles[store.RoleName{Workspace: r.Workspace, Name: r.Name}] = r
	}
	for _, a := range s.Assignments {
		st.assignments[a] = true
	}
	for _, g := range s.Grants {
		st.grants[held{g.Holder, g.Resource}] = g.Permission
	}
	for _, c := range s.Credentials {
		st.credentials[store.CredentialName{Username: c.Username, Name: c.Name}] = c
	}
	return st
}

// state is what the document says, or the first thing that is wrong with it.
func (d Document) state() (state, error) {
	st := newState()
	if d.Version != Version {
		return st, fmt.Errorf("version: %d is not a version of this format; write version: %d", d.Version, Version)
	}
	for _, r := range d.Roles {
		if err := st.addRole(r); err != nil {
			return st, fmt.Errorf("role %q: %w", r.Name, err)
		}
	}
	for _, u := range d.Users {
		if err := st.addUser(u, d.Secrets); err != nil {
			return st, fmt.Errorf("user %q: %w", u.Username, err)
		}
	}
	return st, nil
}

func (st state) addRole(r Role) error {
	name := store.RoleName{Workspace: cmp.Or(r.Workspace, authz.DefaultWorkspace), Name: r.Name}
	if _, twice := st.roles[name]; twice {
		return fmt.Errorf("it is there twice")
	}
	role := store.Role{Workspace: name.Workspace, Name: r.Name, Description: r.Description, CreatedAt: r.CreatedAt}
	if r.DefaultPermission != "" {
		var err error
		if role.Default, err = authz.ParsePermission(r.DefaultPermission); err != nil {
			return fmt.Errorf("default_permission: %w", err)
		}
	}
	st.roles[name] = role
	return st.addGrants(store.Holder{Role: name}, r.Permissions, name.Workspace)
}

func (st state) addUser(u User, secrets bool) error {
	if _, twice := st.users[u.Username]; twice {
		return fmt.Errorf("it is there twice")
	}
	if !secrets && (u.PasswordHash != "" || len(u.Credentials) > 0) {
		return fmt.Errorf("it has a password_hash or credentials, and the document does not say secrets: true")
	}
	st.users[u.Username] = store.User{
		Username: u.Username, PasswordHash: u.PasswordHash, Admin: u.Admin, MustChangePassword: u.MustChangePassword, Disabled: u.Disabled,
		ServiceAccount: u.ServiceAccount, CreatedAt: u.CreatedAt,
	}
	for _, r := range u.Roles {
		a := store.NamedAssignment{Username: u.Username, Role: store.RoleName{Workspace: cmp.Or(r.Workspace, authz.DefaultWorkspace), Name: r.Name}}
		if st.assignments[a] {
			return fmt.Errorf("roles: %q is there twice", r.Name)
		}
		st.assignments[a] = true
	}
	for _, c := range u.Credentials {
		if err := st.addCredential(u.Username, c); err != nil {
			return fmt.Errorf("credential %q: %w", c.Name, err)
		}
	}
	return st.addGrants(store.Holder{Username: u.Username}, u.Permissions, authz.DefaultWorkspace)
}

func (st state) addGrants(holder store.Holder, all []Permission, usual string) error {
	for _, p := range all {
		r, level, err := p.parse(usual)
		if err != nil {
			return err
		}
		key := held{holder, r}
		if _, twice := st.grants[key]; twice {
			return fmt.Errorf("permissions: %s is there twice", r)
		}
		st.grants[key] = level
	}
	return nil
}

func (p Permission) parse(usual string) (authz.Resource, authz.Permission, error) {
	r := authz.Resource{Kind: authz.Kind(p.ResourceType), Workspace: cmp.Or(p.Workspace, usual), ID: p.ResourceID}
	level, err := authz.ParsePermission(p.Permission)
	if err == nil {
		err = store.ValidateResource(r)
	}
	if err != nil {
		return r, level, fmt.Errorf("permission on %s: %w", r, err)
	}
	return r, level, nil
}

func (st state) addCredential(username string, c Credential) error {
	name := store.CredentialName{Username: username, Name: c.Name}
	if _, twice := st.credentials[name]; twice {
		return fmt.Errorf("it is there twice")
	}
	key, err1 := base64.StdEncoding.DecodeString(c.Key)
	sealed, err2 := base64.StdEncoding.DecodeString(c.Sealed)
	if err1 != nil || err2 != nil {
		return fmt.Errorf("key or sealed is no base64")
	}
	if len(sealed) == 0 {
		sealed = nil
	}
	one := store.Credential{Kind: store.CredentialKind(c.Kind), Name: c.Name, Key: key, Sealed: sealed, CreatedAt: c.CreatedAt, ExpiresAt: c.ExpiresAt}
	if c.Scope != nil {
		one.Scope = &authz.Scope{ReadOnly: c.Scope.ReadOnly}
		for _, p := range c.Scope.Permissions {
			r, level, err := p.parse(authz.DefaultWorkspace)
			if err != nil {
				return err
			}
			one.Scope.Ceilings = append(one.Scope.Ceilings, authz.Ceiling{Resource: r, Permission: level})
		}
	}
	st.credentials[name] = store.NamedCredential{Username: username, Credential: one}
	return one.Validate()
}
