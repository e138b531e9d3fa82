package api

import (
	"context"
	"errors"
	"net/http"

	"extauthz/api/pages"
)

func (s *site) toStart(context.Context, visit) (any, error) {
	return movedTo(s.prefix + "/extauthz/"), nil
}

func (s *site) style(context.Context, visit) (any, error) {
	content, tag := s.pages.Style()
	return asset{contentType: "text/css; charset=utf-8", content: content, tag: tag}, nil
}

// start shows callers who they are.
func (s *site) start(ctx context.Context, v visit) (any, error) {
	me, err := s.ops.whoAmI(ctx, v.caller, noInput{})
	if err != nil {
		return nil, err
	}
	may := s.ops.mayCreateUsers(ctx, v.caller)
	if f, _ := errors.AsType[*failure](may); may != nil && (f == nil || f.status != http.StatusForbidden) {
		return nil, may
	}
	view := pages.Start{Proof: string(v.Method), Restricted: v.Scope != nil, MayCreate: may == nil}
	if me.Credential != nil {
		view.Credential = me.Credential.Name
	}
	for _, r := range me.Roles {
		view.Roles = append(view.Roles, pages.Role{Name: r.Name, Workspace: r.Workspace, Description: r.Description})
	}
	return document{page: s.page(v.Principal, "start", view)}, nil
}
