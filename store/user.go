package store

import "time"

// User is an account. IDs start at 1, grow, and are never given out twice; roles draw theirs from the same sequence.
type User struct {
	ID                 uint64
	Username           string // unique, compared byte for byte; the API's rules also keep it unique under case folding
	PasswordHash       string // PHC (argon2id) or werkzeug format; "" cannot log in with a password
	Admin              bool
	MustChangePassword bool
	Disabled           bool // cannot sign in by any credential; grants, roles and credentials stay
	ServiceAccount     bool // a program's: never has a password
	CreatedAt          time.Time
}

// Governs reports whether u is an admin who could still sign in. The last one cannot be deleted, demoted or disabled.
func (u User) Governs() bool { return u.Admin && !u.Disabled && !u.ServiceAccount }
