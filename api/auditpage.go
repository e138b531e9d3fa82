package api

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/api/pages"
	"extauthz/store"
)

// recordsOfPage is how many records people look at at once.
const recordsOfPage = "50"

// audit searches the audit trail.
func (s *site) audit(ctx context.Context, v visit) (any, error) {
	view := pages.Audit{
		Actor: v.form.trimmed("actor"), Action: v.form.trimmed("action"), Target: v.form.one("target"), Text: v.form.trimmed("text"),
		Actions: auditActions(), From: v.form.one("from"), To: v.form.one("to"), Later: v.form.one("page_token") != "",
	}
	found, err := s.ops.listAudit(ctx, v.caller, auditQuery{
		Actor: view.Actor, Action: view.Action, Target: view.Target, Text: view.Text, After: rfc3339(view.From), Before: rfc3339(view.To),
		Limit: number{identifier{Text: recordsOfPage}}, PageToken: v.form.one("page_token"),
	})
	if err != nil && asFailure(err).code != "INVALID_PARAMETER_VALUE" {
		return nil, err
	}
	if err != nil {
		view.Error = asFailure(err).text
	}
	view.Cut = found.Cut
	for _, a := range found.Records {
		view.Records = append(view.Records, auditRow(a))
	}
	view.First, view.Next, view.More = s.auditLink(view, ""), s.auditLink(view, found.Next), found.Next != ""
	return document{page: s.page(v.Principal, "audit", view), refused: err}, nil
}

// auditLink leads to a page of the same search, the first one without a token.
func (s *site) auditLink(view pages.Audit, token string) string {
	q := url.Values{}
	for name, value := range map[string]string{
		"actor": view.Actor, "action": view.Action, "target": view.Target, "text": view.Text, "from": view.From, "to": view.To, "page_token": token,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return s.prefix + "/extauthz/audit?" + q.Encode()
}

func auditRow(a store.Audit) pages.Record {
	return pages.Record{
		At: a.At, Actor: a.Actor.Username, Method: string(a.Actor.Method), Source: a.Actor.Source, RequestID: a.Actor.RequestID,
		Action: string(a.Action), Target: a.Target, Stranger: a.Action == store.SignInFailed && a.Actor.Username == "", Facts: facts(a.Before, a.After),
	}
}

// facts puts what was and what is side by side, in the order of the names.
func facts(before, after string) []pages.Fact {
	was, is := members(before), members(after)
	var all []pages.Fact
	for _, name := range slices.Sorted(maps.Keys(merged(was, is))) {
		all = append(all, pages.Fact{Name: name, Before: was[name], After: is[name]})
	}
	return all
}

func merged(one, other map[string]string) map[string]string {
	all := maps.Clone(one)
	maps.Copy(all, other)
	return all
}

// members are those of a JSON object, texts without their quotes. What is no object is one member without a name.
func members(object string) map[string]string {
	raw, all := map[string]jsontext.Value{}, map[string]string{}
	if object == "" {
		return all
	}
	if err := json.Unmarshal([]byte(object), &raw); err != nil {
		return map[string]string{"": object}
	}
	for name, value := range raw {
		var text string
		if all[name] = string(value); json.Unmarshal(value, &text) == nil && value.Kind() == jsontext.KindString {
			all[name] = text
		}
	}
	return all
}

// rfc3339 is what a browser's field for a time gives, read as UTC. What is none stays what it is, to be refused.
func rfc3339(text string) string {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Format(time.RFC3339)
		}
	}
	return text
}

// auditActions are what there is to search for: each action, and all of a noun.
func auditActions() []string {
	return []string{
		"user.", "grant.", "role.", "credential.", "resource.", string(store.SignInFailed), string(store.UserCreate), string(store.UserUpdate),
		string(store.UserDelete), string(store.GrantCreate), string(store.GrantUpdate), string(store.GrantDelete), string(store.RoleAssign),
		string(store.RoleUnassign), string(store.CredentialCreate), string(store.CredentialDelete),
	}
}
