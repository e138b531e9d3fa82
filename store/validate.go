package store

import (
	"fmt"

	"extauthz/authz"
)

// MaxName is the longest username, workspace, resource id, password hash or any other such text, in bytes. Backends may rely on it for their key sizes.
const MaxName = 4096

// Validate refuses what no backend stores: an empty or over-long username. Which usernames look reasonable is the API's concern.
func (u User) Validate() error {
	switch {
	case u.Username == "":
		return fmt.Errorf("%w: a username cannot be empty", ErrInvalid)
	case len(u.Username) > MaxName, len(u.PasswordHash) > MaxName:
		return fmt.Errorf("%w: a username or password hash is longer than %d bytes", ErrInvalid, MaxName)
	case u.ServiceAccount && u.PasswordHash != "":
		return fmt.Errorf("%w: a service account has no password; give it a token", ErrInvalid)
	}
	return nil
}

// Validate refuses a role without a name or a workspace, an over-long part, and an unknown default.
func (r Role) Validate() error {
	for _, part := range [...]string{r.Workspace, r.Name} {
		if part == "" || len(part) > MaxName {
			return fmt.Errorf("%w: a role needs a workspace and a name of 1 to %d bytes each", ErrInvalid, MaxName)
		}
	}
	if len(r.Description) > MaxName {
		return fmt.Errorf("%w: a role's description is longer than %d bytes", ErrInvalid, MaxName)
	}
	if r.Default > authz.Manage {
		return fmt.Errorf("%w: a role's default cannot be %d", ErrInvalid, uint8(r.Default))
	}
	return nil
}

// Validate refuses the zero Permission, an unknown one, and a resource that names nothing.
func (g Grant) Validate() error {
	if g.Permission < authz.Deny || g.Permission > authz.Manage {
		return fmt.Errorf("%w: a grant cannot give %d", ErrInvalid, uint8(g.Permission))
	}
	return ValidateResource(g.Resource)
}

// ValidateResource refuses a resource with an empty or over-long part. Unknown kinds pass: a newer MLflow may have granted on them.
func ValidateResource(r authz.Resource) error {
	for _, part := range [...]string{string(r.Kind), r.Workspace, r.ID} {
		if part == "" || len(part) > MaxName {
			return fmt.Errorf("%w: a resource needs a kind, a workspace and an id of 1 to %d bytes each", ErrInvalid, MaxName)
		}
	}
	return nil
}

// ValidateMove refuses a move from one kind to another, and one to what ValidateOne refuses.
func ValidateMove(from, to authz.Resource) error {
	if err := ValidateOne(to); err != nil {
		return err
	}
	if from.Kind != to.Kind {
		return fmt.Errorf("%w: a %s does not become a %s", ErrInvalid, from.Kind, to.Kind)
	}
	return nil
}

// ValidateOne refuses, beyond that, the pattern that stands for every resource of a kind: nobody comes to own all of them by creating one.
func ValidateOne(r authz.Resource) error {
	if r.ID == authz.AnyID {
		return fmt.Errorf("%w: %q is no single resource", ErrInvalid, r.ID)
	}
	return ValidateResource(r)
}
