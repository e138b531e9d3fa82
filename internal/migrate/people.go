package migrate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"extauthz/authz/credential"
	"extauthz/store"
)

// person is a user of MLflow's on the way to the store.
type person struct {
	id      int64
	was, is string // the name in MLflow, and the one to come
	hash    string
	admin   bool
	change  bool // the password must be changed
}

// longestUsername is what a sign-in can bring.
const longestUsername = 1024

// people are those of MLflow's users who can be carried over, by id. The rest are findings.
func (w *work) people(users []User) error {
	if err := w.renamable(users); err != nil {
		return err
	}
	slices.SortFunc(users, func(a, b User) int { return cmp.Compare(a.ID, b.ID) })
	for _, u := range users {
		p := w.person(u)
		if why := w.unfit(p); why != "" {
			w.left[p.id] = &absent{name: p.was, why: why}
			continue
		}
		w.persons[p.id] = p
		if err := credential.CheckUsername(p.is); err != nil {
			w.found(Changed, "user "+quote(p.is), "a new user could not be called so: it has characters other than A-Z a-z 0-9 . _ @ + -",
				"carried over as it is; --rename gives another name")
		}
	}
	return nil
}

func (w *work) person(u User) person {
	p := person{id: u.ID, was: text(u.Username), hash: text(u.PasswordHash), admin: u.Admin != nil && *u.Admin}
	p.is = p.was
	if name, renamed := w.options.Rename[p.was]; renamed {
		p.is = name
	}
	return p
}

// renamable refuses to rename nobody, and to a name that could not be chosen.
func (w *work) renamable(users []User) error {
	for _, name := range slices.Sorted(maps.Keys(w.options.Rename)) {
		to := w.options.Rename[name]
		if !slices.ContainsFunc(users, func(u User) bool { return text(u.Username) == name }) {
			return fmt.Errorf("--rename %s=%s: MLflow has no user %s", name, to, quote(name))
		}
		if err := credential.CheckUsername(to); err != nil {
			return fmt.Errorf("--rename %s=%s: %w", name, to, err)
		}
	}
	return nil
}

// unfit says why somebody cannot have the name; "" is that they can. Of two names that differ by upper and lower case alone, the older
// account has it: the younger may have been made to be mistaken for it.
func (w *work) unfit(p person) string {
	switch {
	case p.is == "":
		return "it has no username"
	case len(p.is) > longestUsername:
		return "the username is longer than any that can sign in"
	case strings.Contains(p.is, ":"):
		return "nobody can sign in with a colon in the username; in MLflow nobody could, either"
	case !utf8.ValidString(p.is), strings.ContainsFunc(p.is, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }):
		return "the username has characters that cannot be seen"
	}
	for _, other := range w.persons {
		if strings.EqualFold(other.is, p.is) {
			return fmt.Sprintf("the older account %s has that name, but for upper and lower case", quote(other.is))
		}
	}
	for name := range w.there.users {
		if name != p.is && strings.EqualFold(name, p.is) {
			return fmt.Sprintf("the store has %s already, which differs by upper and lower case alone", quote(name))
		}
	}
	return ""
}

// absent is a user who is not carried over, with how much was theirs.
type absent struct {
	name, why string
	rows      int
}

// tellAbsent tells of those who are left out once it is known what they leave.
func (w *work) tellAbsent() {
	for _, a := range w.left {
		w.found(LeftOut, "user "+quote(a.name), a.why, fmt.Sprintf("left out, with %d permissions and roles; --rename gives another name", a.rows))
	}
}

// merged is what the store's user becomes; a new one begins with it.
func (p person) merged(u store.User) store.User {
	if u.PasswordHash != p.hash {
		u.PasswordHash, u.MustChangePassword = p.hash, p.change
	}
	u.Username, u.Admin = p.is, p.admin
	return u
}

func quote(name string) string { return fmt.Sprintf("%q", name) }
