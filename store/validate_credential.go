package store

import (
	"fmt"

	"extauthz/authz"
)

// Validate refuses an unknown kind, an empty or over-long name, a token whose key is no SHA-256 digest or that has something sealed, an
// access key without a secret, and a scope that bounds what is no resource.
func (c Credential) Validate() error {
	if c.Name == "" || len(c.Name) > MaxName {
		return fmt.Errorf("%w: a credential needs a name of 1 to %d bytes", ErrInvalid, MaxName)
	}
	if err := c.validateSecret(); err != nil {
		return err
	}
	return ValidateScope(c.Scope)
}

func (c Credential) validateSecret() error {
	switch {
	case c.Kind == Token && len(c.Key) == digestSize && c.Sealed == nil:
		return nil
	case c.Kind == Token:
		return fmt.Errorf("%w: a token is kept as a digest of %d bytes and nothing else", ErrInvalid, digestSize)
	case c.Kind == AccessKey && (outside(len(c.Key)) || outside(len(c.Sealed))):
		return fmt.Errorf("%w: an access key needs an id and a sealed secret of 1 to %d bytes each", ErrInvalid, MaxName)
	case c.Kind == AccessKey:
		return nil
	default:
		return fmt.Errorf("%w: %q is no kind of credential", ErrInvalid, c.Kind)
	}
}

func outside(length int) bool { return length < 1 || length > MaxName }

// ValidateScope refuses a ceiling on what is no resource, and one that is no permission. nil is no scope.
func ValidateScope(s *authz.Scope) error {
	if s == nil {
		return nil
	}
	for _, c := range s.Ceilings {
		if err := (Grant{Resource: c.Resource, Permission: c.Permission}).Validate(); err != nil {
			return err
		}
	}
	return nil
}
