package api

import (
	"cmp"
	"context"
	"net/http"

	"extauthz/api/pages"
	"extauthz/authz"
)

// access answers who has access to something, and what somebody may do, each with the reason.
func (s *site) access(ctx context.Context, v visit) (any, error) {
	f := v.form
	view := pages.Access{
		Kind: f.one("resource_type"), ID: f.one("resource_id"), Action: cmp.Or(f.one("action"), authz.CanRead.String()), Workspace: f.trimmed("workspace"),
		Username: f.trimmed("username"), Kinds: resourceKinds(), Actions: actionNames(), Workspaces: s.ops.workspaces,
	}
	var err error
	switch {
	case view.ID != "":
		err = s.whoCan(ctx, v, &view)
	case view.Username != "":
		err = s.whatCan(ctx, v, &view)
	}
	if err != nil && asFailure(err).status >= http.StatusInternalServerError {
		return nil, err
	}
	if err != nil {
		view.Error = asFailure(err).text
	}
	return document{page: s.page(v.Principal, "access", view), refused: err}, nil
}

func actionNames() []string {
	var names []string
	for a := authz.CanRead; a <= authz.CanManage; a++ {
		names = append(names, a.String())
	}
	return names
}

func (s *site) whoCan(ctx context.Context, v visit, view *pages.Access) error {
	c := v.caller
	if s.ops.workspaces && view.Workspace != "" {
		if err := checkWorkspace(view.Workspace); err != nil {
			return err
		}
		c.Workspace = view.Workspace
	}
	all, err := s.ops.whoCan(ctx, c, question{Action: view.Action, ResourceType: view.Kind, ResourceID: identifier{Text: view.ID}})
	if err != nil {
		return err
	}
	view.Users = &pages.Users{Resource: authz.Resource{Kind: authz.Kind(view.Kind), ID: view.ID, Workspace: c.Workspace}.String(), Action: view.Action}
	for _, one := range all {
		row := s.accessRow(one)
		if one.Why.By == byDefault && one.Why.Role == nil { // everybody who has nothing else
			view.Users.Default, view.Users.DefaultIs = append(view.Users.Default, row.Username), row.Permission
			continue
		}
		view.Users.Rows = append(view.Users.Rows, row)
	}
	return nil
}

func (s *site) whatCan(ctx context.Context, v visit, view *pages.Access) error {
	h, err := s.ops.whatCan(ctx, v.caller, byName{Username: view.Username})
	if err != nil {
		return err
	}
	view.Holdings = &pages.Holdings{Username: h.Username, Admin: h.Admin, Disabled: h.Disabled, Default: h.Default.String()}
	for _, one := range h.Access {
		view.Holdings.Rows = append(view.Holdings.Rows, s.accessRow(one))
	}
	return nil
}

// accessRow leaves out the workspace where there is only one.
func (s *site) accessRow(a access) pages.AccessRow {
	row := pages.AccessRow{
		Username: a.User.Username, Kind: string(a.Resource.Kind), ID: a.Resource.ID, Permission: a.Permission.String(), Why: a.Why.String(),
	}
	if s.ops.workspaces {
		row.Workspace = a.Resource.Workspace
	}
	return row
}
