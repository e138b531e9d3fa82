package authz

// Principal is who sends a request, once its credential has been verified. The zero value is nobody.
type Principal struct {
	UserID   uint64 // the store's id; never reused, so a re-created username inherits nothing
	Username string
	Admin    bool
	// MustChangePassword restricts the account to changing its own password (MLflow's documented default password is in use).
	MustChangePassword bool
}

// Known reports whether p is somebody.
func (p Principal) Known() bool { return p.UserID != 0 }
