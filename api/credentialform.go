package api

import (
	"math"
	"slices"
	"strconv"

	"extauthz/api/pages"
	"extauthz/authz"
)

const (
	rowsAtFirst  = 3
	secondsOfDay = 24 * 60 * 60
)

// form is the form for a new credential, with what was typed into it.
func (p credentialPage) form(v visit) pages.CredentialForm {
	f := v.form
	typed := pages.CredentialForm{
		Name: f.one("name"), Days: f.one("days"), Workspace: f.one("workspace"), ReadOnly: f.one("read_only") != "", Temporary: f.one("temporary") != "",
		LongestDays: int64(p.ops.maxCredentialAge.Seconds()) / secondsOfDay, Rows: f.rows(),
		Kinds: resourceKinds(), Permissions: []string{"READ", "USE", "EDIT", "MANAGE"}, Workspaces: p.ops.workspaces,
	}
	if len(typed.Rows) < rowsAtFirst {
		typed.Rows = append(typed.Rows, make([]pages.Ceiling, rowsAtFirst-len(typed.Rows))...)
	}
	return typed
}

// resourceKinds are the kinds whose permissions people set, in the order of their names.
func resourceKinds() []string {
	var names []string
	for _, k := range authz.Kinds() {
		if k != authz.Workspace && k != authz.Job {
			names = append(names, string(k))
		}
	}
	slices.Sort(names)
	return names
}

// rows are those of a table, whose cells come as one list for each column.
func (f form) rows() []pages.Ceiling {
	kinds, ids, permissions := f["resource_type"], f["resource_id"], f["permission"]
	rows := make([]pages.Ceiling, min(len(kinds), len(ids), len(permissions), mostCeilings))
	for i := range rows {
		rows[i] = pages.Ceiling{Kind: kinds[i], ID: ids[i], Permission: permissions[i]}
	}
	return rows
}

// newCredential is what the form asks for. A row without an id is none; its selections always have a value.
func (f form) newCredential() (newAccessKey, error) {
	in := newAccessKey{Temporary: f.one("temporary") != "", newCredential: newCredential{
		Username: f.trimmed("username"), Name: f.trimmed("name"), ReadOnly: f.one("read_only") != "",
	}}
	for _, row := range f.rows() {
		if row.ID != "" {
			in.Resources = append(in.Resources, ceiling{
				ResourceType: row.Kind, ResourceID: identifier{Text: row.ID}, Permission: row.Permission, Workspace: f.trimmed("workspace"),
			})
		}
	}
	if f.trimmed("days") == "" {
		return in, nil
	}
	days, err := strconv.ParseInt(f.trimmed("days"), 10, 64)
	if err != nil || days <= 0 || days > math.MaxInt64/secondsOfDay {
		return in, invalid("The number of days is a whole number above zero, or empty.")
	}
	seconds := days * secondsOfDay
	in.ExpiresIn = &seconds
	return in, nil
}
