package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"extauthz/store"
)

// operations are what can be done, each with the same checks whichever face it is asked through. The json tags of the inputs are
// MLflow's names of the parameters.
type operations struct {
	store        Store
	decider      Decider
	passwords    Passwords
	workspaces   bool // MLflow has them
	allowDefault bool
	accessKeys   AccessKeys
	explainer    Explainer
	records      Records
	// maxCredentialAge is how long a token or an access key lives at most; 0 is no limit.
	maxCredentialAge time.Duration
	copyStore        func(context.Context, io.Writer) error // nil: it cannot be
	description      jsontext.Value                         // of all of them, for openapi.json
	now              func() time.Time
	log              *slog.Logger

	// creating makes "is the name taken in another spelling" and the insert one step. The store itself compares byte for byte.
	creating sync.Mutex
}

// nothing is the input or output of an operation that has none.
type nothing struct{}

// noInput is for operations without parameters.
type noInput struct{ extra }

// extra is what a request says beyond its operation's parameters. It is refused, but not before the caller is known to be allowed to ask.
type extra struct {
	Unknown jsontext.Value `json:",embed"`
}

func (e extra) refuse() error {
	if len(e.Unknown) == 0 {
		return nil
	}
	return invalid("Unknown parameter %s. Remove it, or correct its spelling.", firstName(e.Unknown))
}

// firstName quotes the name of an object's first member, shortened.
func firstName(object jsontext.Value) string {
	d := jsontext.NewDecoder(strings.NewReader(string(object)))
	_, _ = d.ReadToken() // the value has been parsed before: it is an object with a member
	token, err := d.ReadToken()
	if err != nil {
		return "of an unreadable name"
	}
	return quote(token.String())
}

const (
	longestName  = 1024 // bytes, of any identifier
	longestQuote = 64   // bytes of a caller's text that we repeat
)

// quote repeats a caller's text in an error, in MLflow's quotes and never at length.
func quote(s string) string {
	if len(s) > longestQuote {
		s = strings.ToValidUTF8(s[:longestQuote], "") + "…"
	}
	return "'" + s + "'"
}

func required(parameter, value string) error {
	if value == "" {
		return invalid("Missing value for required parameter '%s'. See the API docs for more information about request parameters.", parameter)
	}
	return nil
}

// named is required, for identifiers: they end up in keys, messages and logs.
func named(parameter, value string) error {
	switch {
	case len(value) > longestName:
		return invalid("Invalid value for parameter '%s': it is longer than %d bytes.", parameter, longestName)
	case strings.ContainsRune(value, 0):
		return invalid("Invalid value for parameter '%s': it contains a NUL character.", parameter)
	default:
		return required(parameter, value)
	}
}

func (o *operations) user(ctx context.Context, username string) (store.User, error) {
	u, err := o.store.UserByName(ctx, username)
	if errors.Is(err, store.ErrNotFound) {
		return store.User{}, noUser(username)
	}
	return u, err
}

func noUser(username string) error { return absent("User with username=%s not found", username) }
