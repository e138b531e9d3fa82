package credential

import "errors"

// tried is an error that knows whose credential it refuses. Its text is the error's own: people type passwords where names belong.
type tried struct {
	username string
	error
}

func (t tried) Unwrap() error { return t.error }

// Tried notes whose credential it is that err refuses, as far as the credential says so: nothing is proved, nor that there is such a user.
func Tried(username string, err error) error {
	if err == nil || username == "" {
		return err
	}
	return tried{username, err}
}

// TriedName is what Tried noted; "" when it is not known.
func TriedName(err error) string {
	t, _ := errors.AsType[tried](err)
	return t.username
}
