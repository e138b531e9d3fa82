package boltstore

import (
	"fmt"

	"extauthz/store"
)

func (w *writer) userNamed(username string) (userRecord, error) {
	u, ok := w.user(username)
	if !ok {
		return u, fmt.Errorf("%w: user %q", store.ErrNotFound, username)
	}
	return u, nil
}

func (w *writer) roleCalled(name store.RoleName) (store.Role, error) {
	r, ok := w.roleNamed(name.Workspace, name.Name)
	if !ok {
		return r, fmt.Errorf("%w: role %q in workspace %q", store.ErrNotFound, name.Name, name.Workspace)
	}
	return r, nil
}

func (w *writer) namedPair(a store.NamedAssignment) (u userRecord, r store.Role, err error) {
	if u, err = w.userNamed(a.Username); err == nil {
		r, err = w.roleCalled(a.Role)
	}
	return u, r, err
}

func (w *writer) holderNamed(h store.Holder) (uint64, error) {
	if h.Username != "" {
		u, err := w.userNamed(h.Username)
		return u.ID, err
	}
	r, err := w.roleCalled(h.Role)
	return r.ID, err
}
