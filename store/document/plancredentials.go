package document

import (
	"bytes"
	"cmp"
	"maps"
	"reflect"
	"slices"

	"extauthz/store"
)

func (c *comparison) credentials() {
	for _, name := range sortedCredentials(c.want.credentials) {
		one := c.want.credentials[name]
		old, exists := c.is.credentials[name]
		switch {
		case !exists:
			c.note(Add, "%s %s of %s", one.Kind, one.Name, one.Username)
		case !sameCredential(old.Credential, one.Credential):
			c.note(Alter, "%s %s of %s", one.Kind, one.Name, one.Username)
		default:
			continue
		}
		c.plan.Snapshot.Credentials = append(c.plan.Snapshot.Credentials, one)
	}
}

func sortedCredentials(of map[store.CredentialName]store.NamedCredential) []store.CredentialName {
	return slices.SortedFunc(maps.Keys(of), func(a, b store.CredentialName) int {
		return cmp.Or(cmp.Compare(a.Username, b.Username), cmp.Compare(a.Name, b.Name))
	})
}

// sameCredential compares what decides.
func sameCredential(a, b store.Credential) bool {
	return a.Kind == b.Kind && bytes.Equal(a.Key, b.Key) && bytes.Equal(a.Sealed, b.Sealed) && a.ExpiresAt.Equal(b.ExpiresAt) &&
		reflect.DeepEqual(a.Scope, b.Scope)
}
