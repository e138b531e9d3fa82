package store

// Account is a user with everything else that a check needs of them, read at one moment.
//
// Roles are ordered by id. They are shared with other readers: whoever wants to change the slice clones it first.
type Account struct {
	User
	Roles []Role
}
