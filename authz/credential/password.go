package credential

import (
	"slices"
	"strings"
	"unicode/utf8"

	"extauthz/authz"
)

const (
	minPassword = 12   // runes; MLflow's rule
	maxPassword = 1024 // bytes; bounds what a login can make us hash
)

// CheckPassword says whether password may become somebody's password. The error is an authz.Refusal whose text is for that person.
func CheckPassword(password string) error {
	switch {
	case !utf8.ValidString(password):
		return invalid("The password is not valid UTF-8 text; type it again, or choose another one.")
	case strings.IndexByte(password, 0) >= 0:
		return invalid("The password contains a NUL character; remove it.")
	case utf8.RuneCountInString(password) < minPassword:
		return invalid("The password is too short; use at least 12 characters.")
	case len(password) > maxPassword:
		return invalid("The password is too long; use at most 1024 bytes.")
	default:
		return nil
	}
}

// DefaultPassword reports whether password is one of DefaultPasswords: known to everybody, so whoever uses it must change it.
func DefaultPassword(password string) bool { return slices.Contains(DefaultPasswords(), password) }

// DefaultPasswords are those that MLflow's documentation gave the first admin: "password" until 2.19, "password1234" after.
func DefaultPasswords() []string { return []string{"password1234", "password"} }

func invalid(text string) error { return authz.Refuse(authz.InvalidParameter, text) }
