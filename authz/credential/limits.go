package credential

import (
	"errors"
	"time"
)

// Limit lets Burst failures through at once, and then one in every Every.
type Limit struct {
	Burst int
	Every time.Duration
}

// Limits bound how fast passwords can be guessed.
type Limits struct {
	User   Limit // for each username from each network
	Source Limit // for each network, whatever the username
	Size   int   // how many keys of each sort are remembered
}

// DefaultLimits allow 20 failures and then one in 5 s for a username from one network, and 200 and then two a second for a network.
func DefaultLimits() Limits {
	return Limits{
		User:   Limit{Burst: 20, Every: 5 * time.Second},
		Source: Limit{Burst: 200, Every: time.Second / 2},
		Size:   65536,
	}
}

// check refuses limits that let nobody sign in, or that limit nothing.
func (l Limits) check() error {
	if l.User.Burst < 1 || l.Source.Burst < 1 || l.User.Every <= 0 || l.Source.Every <= 0 || l.Size < 1 {
		return errors.New("sign-in limits need a burst and a size of at least 1, and a time greater than 0")
	}
	return nil
}
