package store

import "time"

// User is an account. IDs start at 1, grow, and are never given out twice.
type User struct {
	ID                 uint64
	Username           string // unique, compared byte for byte; the API's rules also keep it unique under case folding
	PasswordHash       string // PHC (argon2id) or werkzeug format; "" cannot log in with a password
	Admin              bool
	MustChangePassword bool
	CreatedAt          time.Time
}
