package signin

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/store"
)

// failure is one that waits to be written. It keeps nothing of the request but this, and copies that: a request may be megabytes.
type failure struct {
	at      time.Time
	actor   store.Actor // from where, and who was signed in already
	tried   string      // a user's name, or whatever was typed in its place
	kind    string      // of credential, as it claims to be
	outcome string
}

// failed is false for what is no failed sign-in: a request without a credential, and one that nobody could judge.
func failed(err error) (outcome string, is bool) {
	outcome = credential.Outcome(err)
	return outcome, outcome != credential.Accepted && outcome != credential.Absent && outcome != credential.Failed
}

func actorOf(r authz.Request) store.Actor {
	a := store.Actor{RequestID: bounded(r.ID)}
	if r.Source.IsValid() {
		a.Source = r.Source.String()
	}
	return a
}

// kindOf is what the Authorization header claims. A credential that came in another way is another one, not none.
func kindOf(r authz.Request) string {
	if kind := credential.Claimed(r); kind != credential.ClaimsNothing {
		return kind
	}
	return credential.ClaimsOther
}

func bounded(text string) string { return strings.Clone(text[:min(len(text), store.MaxName)]) }

// unknownUser is the target of what no user's name is known of.
const unknownUser = "unknown user"

func (f failure) record(known bool) store.Audit {
	target := unknownUser
	if known {
		target = "user " + f.tried
	}
	return store.Audit{
		At: f.at, Actor: f.actor, Action: store.SignInFailed, Target: target,
		After: object(map[string]any{"credential": f.kind, "failure": f.outcome}),
	}
}

// others is the record of those that have none.
func others(n int) store.Audit {
	return store.Audit{Action: store.SignInFailed, Target: "others", After: object(map[string]any{"not_listed": n})}
}

func object(facts map[string]any) string {
	text, err := json.Marshal(facts, json.Deterministic(true))
	if err != nil {
		panic(err) // facts are numbers and words of ours
	}
	return string(text)
}
