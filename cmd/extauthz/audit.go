package main

import (
	"cmp"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
)

// auditAnswer is what happened once.
type auditAnswer struct {
	Action string         `json:"action"`
	Actor  jsontext.Value `json:"actor"`
	After  jsontext.Value `json:"after"`
	At     time.Time      `json:"at"`
	Before jsontext.Value `json:"before"`
	Seq    uint64         `json:"seq"`
	Target string         `json:"target"`
}

func auditCommand() *cobra.Command {
	var q auditQuery
	cmd := adminCommand("audit", "Search what was changed, by whom, and who failed to sign in", func(s session, _ []string) error {
		found, err := q.ask(s)
		if err != nil {
			return err
		}
		t := table{head: []string{"WHEN", "WHO", "FROM", "ACTION", "WHAT", "BEFORE", "AFTER"}}
		for _, a := range found {
			who, err := a.actor()
			if err != nil {
				return err
			}
			t.row(a.At.Local().Format(time.DateTime), cmp.Or(who.Username, a.nobody()), cmp.Or(who.Source, "-"), a.Action, a.Target,
				dashForNull(a.Before), dashForNull(a.After))
		}
		return s.showTable(map[string]any{"records": found}, t)
	})
	cmd.Long = "Search what was changed, by whom, from where, and who failed to sign in: newest first."
	cmd.Example = "  extauthz audit --since 24h --actor alice\n  extauthz audit --action grant. --target 'experiment 7'\n  extauthz audit --action sign_in.failed --text throttled --since 7d"
	q.flags(cmd)
	return cmd
}

// auditQuery is the flags. What is not given asks for nothing in particular.
type auditQuery struct {
	actor, action, target, text string
	since, until                past
	limit                       int
}

func (q *auditQuery) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&q.actor, "actor", "", "by this user")
	f.StringVar(&q.action, "action", "", "how the action begins: grant., user.create, sign_in.failed")
	f.StringVar(&q.target, "target", "", "how the thing that it was done to begins: \"user alice\"")
	f.StringVar(&q.text, "text", "", "somewhere in what it was done to, what changed, or the request's id")
	f.Var(&q.since, "since", "not longer ago than this: 7d, 12h, or since a date: 2026-01-31, \"2026-01-31 13:00:00\"")
	f.Var(&q.until, "until", "longer ago than this, or before a date")
	f.IntVar(&q.limit, "limit", 100, "how many at most")
}

// largestPage is the most that the service answers at once.
const largestPage = 1000

func (q auditQuery) ask(s session) (all []auditAnswer, err error) {
	if q.limit < 1 {
		return nil, usage("--limit %d: give a number above zero", q.limit)
	}
	after, before := q.since.rfc3339(), q.until.rfc3339()
	for token, more := "", true; more; {
		var page struct {
			Records []auditAnswer `json:"records"`
			Next    string        `json:"next_page_token"`
		}
		err := s.get(ours+"audit/list", &page, "actor", q.actor, "action", q.action, "target", q.target, "text", q.text, "after", after, "before", before,
			"limit", strconv.Itoa(min(q.limit-len(all), largestPage)), "page_token", token)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Records...)
		token, more = page.Next, page.Next != "" && len(all) < q.limit
	}
	return all, nil
}

type auditActor struct {
	Source   string `json:"source"`
	Username string `json:"username"`
}

func dashForNull(v jsontext.Value) string {
	if v == nil || v.Kind() == 'n' {
		return "-"
	}
	return string(v)
}

// nobody is who did it when the record names nobody.
func (a auditAnswer) nobody() string {
	if a.Action == "sign_in.failed" {
		return "-"
	}
	return "the service"
}

func (a auditAnswer) actor() (who auditActor, err error) {
	err = json.Unmarshal(a.Actor, &who)
	return who, err
}
