package document

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"extauthz/store"
)

// Op is what a change does.
type Op string

const (
	Add    Op = "add"
	Alter  Op = "change"
	Remove Op = "remove"
)

// Change is one thing that is to be otherwise, for people to look at first.
type Change struct {
	Op   Op     `json:"op"`
	What string `json:"what"`
}

// Plan is what has to change. Snapshot is for store.Import.
type Plan struct {
	Changes  []Change
	Snapshot store.Snapshot
}

// ID is the same for the same changes, so that what was looked at can be told from what has come since.
func (p Plan) ID() string {
	h := sha256.New()
	for _, c := range p.Changes {
		fmt.Fprintf(h, "%s %d %s\n", c.Op, len(c.What), c.What)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Compare says what has to change in a store that exports is, for it to be as the document says. With prune, what the document does not have
// goes: users and roles where it has the section, and of those that it has what it does not say they have.
func Compare(is store.Snapshot, want Document, prune bool) (Plan, error) {
	wanted, err := want.state()
	if err != nil {
		return Plan{}, err
	}
	c := comparison{is: stateOf(is), want: wanted, document: want}
	c.users()
	c.roles()
	c.assignments()
	c.grants()
	c.credentials()
	if prune {
		c.prune()
	}
	return c.plan, c.missing(prune)
}

type comparison struct {
	is, want state
	document Document
	plan     Plan
}

func (c *comparison) note(op Op, format string, args ...any) {
	c.plan.Changes = append(c.plan.Changes, Change{op, fmt.Sprintf(format, args...)})
}
