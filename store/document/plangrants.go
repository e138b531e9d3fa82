package document

import (
	"cmp"
	"maps"
	"slices"

	"extauthz/authz"
	"extauthz/store"
)

func (c *comparison) grants() {
	for _, key := range sortedGrants(c.want.grants) {
		level, old := c.want.grants[key], c.is.grants[key]
		switch {
		case old == authz.NoGrant:
			c.note(Add, "%s on %s for %s", level, key.Resource, holderName(key.Holder))
		case old != level:
			c.note(Alter, "%s → %s on %s for %s", old, level, key.Resource, holderName(key.Holder))
		default:
			continue
		}
		c.plan.Snapshot.Grants = append(c.plan.Snapshot.Grants, store.NamedGrant{Holder: key.Holder, Resource: key.Resource, Permission: level})
	}
}

func sortedGrants(of map[held]authz.Permission) []held {
	return slices.SortedFunc(maps.Keys(of), func(a, b held) int {
		return cmp.Or(cmp.Compare(a.Username, b.Username), compareNames(a.Role, b.Role), cmp.Compare(a.Workspace, b.Workspace),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
}

func holderName(h store.Holder) string {
	if h.Username != "" {
		return h.Username
	}
	return called(h.Role)
}
