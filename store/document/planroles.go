package document

import (
	"cmp"
	"maps"
	"slices"

	"extauthz/authz"
	"extauthz/store"
)

func (c *comparison) roles() {
	for _, name := range sortedNames(c.want.roles) {
		r := c.want.roles[name]
		old, exists := c.is.roles[name]
		switch {
		case !exists:
			c.note(Add, "%s", called(name))
		case old.Default != r.Default:
			c.note(Alter, "%s: default permission %s → %s", called(name), orNone(old.Default), orNone(r.Default))
		case old.Description != r.Description:
			c.note(Alter, "%s: its description", called(name))
		default:
			continue
		}
		c.plan.Snapshot.Roles = append(c.plan.Snapshot.Roles, r)
	}
}

func orNone(p authz.Permission) string { return cmp.Or(p.String(), "none") }

func sortedNames[V any](of map[store.RoleName]V) []store.RoleName {
	return slices.SortedFunc(maps.Keys(of), compareNames)
}

func compareNames(a, b store.RoleName) int {
	return cmp.Or(cmp.Compare(a.Workspace, b.Workspace), cmp.Compare(a.Name, b.Name))
}

// called names a role, with the workspace unless it goes without saying.
func called(r store.RoleName) string {
	return authz.Resource{Kind: "role", Workspace: r.Workspace, ID: r.Name}.String()
}

func (c *comparison) assignments() {
	for _, a := range sortedAssignments(c.want.assignments) {
		if !c.is.assignments[a] {
			c.note(Add, "%s for %s", called(a.Role), a.Username)
			c.plan.Snapshot.Assignments = append(c.plan.Snapshot.Assignments, a)
		}
	}
}

func sortedAssignments(of map[store.NamedAssignment]bool) []store.NamedAssignment {
	return slices.SortedFunc(maps.Keys(of), func(a, b store.NamedAssignment) int {
		return cmp.Or(cmp.Compare(a.Username, b.Username), compareNames(a.Role, b.Role))
	})
}
