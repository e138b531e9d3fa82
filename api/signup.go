package api

import (
	"context"
	"errors"

	"extauthz/api/pages"
)

// signup is MLflow's page at which admins make accounts.
func (s *site) signup(ctx context.Context, v visit) (any, error) {
	if err := s.ops.mayCreateUsers(ctx, v.caller); err != nil {
		return nil, err
	}
	return s.signupForm(v, nil), nil
}

func (s *site) signupForm(v visit, refused error) document {
	view := pages.Signup{Username: v.form.one("username")}
	if refused != nil {
		view.Error = asFailure(refused).text
	}
	page := s.page(v.Principal, "signup", view)
	page.Token = v.token
	return document{page: page, refused: refused}
}

// signUp is what its form does. As in MLflow it is told by an alert, and so is a name that is taken.
func (s *site) signUp(ctx context.Context, v visit) (any, error) {
	username, password := v.form.one("username"), v.form.one("password")
	if username == "" || password == "" {
		return s.refuseSignup(v, invalid("Username and password cannot be empty."))
	}
	_, err := s.ops.createUser(ctx, v.caller, newUser{Username: username, Password: password})
	f, _ := errors.AsType[*failure](err)
	switch {
	case err == nil:
		return s.signedUp(v, "Successfully signed up user: "+username, "/"), nil
	case f != nil && f.code == "RESOURCE_ALREADY_EXISTS":
		return s.signedUp(v, "Username has already been taken: "+username, "/signup"), nil
	default:
		return s.refuseSignup(v, err)
	}
}

// refuseSignup shows people the form again; programs get the error.
func (s *site) refuseSignup(v visit, err error) (any, error) {
	if asFailure(err).status >= 500 || !v.HTML {
		return nil, err
	}
	return s.signupForm(v, err), nil
}

func (s *site) signedUp(v visit, message, next string) document {
	return document{page: s.page(v.Principal, "signedup", pages.SignedUp{Message: message, Next: s.prefix + next})}
}
