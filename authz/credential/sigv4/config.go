package sigv4

import (
	"errors"
	"slices"
	"time"

	"extauthz/authz"
)

// Config needs Keys and Sealer; every other zero field has a default.
type Config struct {
	Keys     Keys
	Sealer   *Sealer
	Now      func() time.Time      // time.Now
	Used     func(authz.Principal) // is told of every signature that was accepted
	Services []string              // that a signature may be for; "execute-api", which MLflow's client signs for
	Region   string                // that a signature must be for; "" is any, since there is only one of us
	Skew     time.Duration         // how far the clocks of client and service may be apart; 5 minutes, as with Amazon

	// UnverifiedBodies accepts requests whose body the proxy does not show us (uploads of artifacts). The hash that the client signed is then
	// nobody's to compare: who can change the request on its way can change the file.
	UnverifiedBodies bool
	// PartlySignedQueries accepts a GET of which only the last value of each repeated query parameter is signed. That is how
	// requests-auth-aws-sigv4 (0.7) signs those, MLflow's search_traces for one. Who can change such a request on its way can add values.
	PartlySignedQueries bool
	// Reads says which requests change nothing although they are no GET, such as MLflow's searches: clients send the same one twice within the
	// second that their signatures count in, and may. nil is none.
	Reads func(authz.Request) bool

	Remember int // how many signing keys are remembered; 10 000
	Writes   int // how many signed writes are remembered, for as long as they could be replayed; 1 048 576
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Used == nil {
		c.Used = func(authz.Principal) {}
	}
	if len(c.Services) == 0 {
		c.Services = []string{"execute-api"}
	}
	if c.Skew == 0 {
		c.Skew = 5 * time.Minute
	}
	if c.Reads == nil {
		c.Reads = func(authz.Request) bool { return false }
	}
	if c.Remember == 0 {
		c.Remember = 10_000
	}
	if c.Writes == 0 {
		c.Writes = 1 << 20
	}
	return c
}

func (c Config) check() error {
	switch {
	case c.Keys == nil || c.Sealer == nil:
		return errors.New("signatures need access keys and what opens their secrets")
	case c.Skew < time.Second || c.Skew > time.Hour:
		return errors.New("the clocks of clients may be apart by a second to an hour")
	case c.Remember < 1 || c.Writes < holders:
		return errors.New("signatures need room for signing keys and for writes")
	case slices.Contains(c.Services, ""):
		return errors.New("a service that is signed for needs a name")
	default:
		return nil
	}
}
