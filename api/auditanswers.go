package api

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"extauthz/store"
)

// auditObject is one record. Before and after are what changed, null when there was or is nothing.
type auditObject struct {
	Action string         `json:"action"`
	Actor  actorObject    `json:"actor"`
	After  jsontext.Value `json:"after"`
	At     time.Time      `json:"at"`
	Before jsontext.Value `json:"before"`
	Seq    uint64         `json:"seq"`
	Target string         `json:"target"`
}

// actorObject is on whose behalf it was done; without a username it was the service itself.
type actorObject struct {
	Method    string `json:"method"`
	RequestID string `json:"request_id"`
	Source    string `json:"source"`
	UserID    uint64 `json:"user_id"`
	Username  string `json:"username"`
}

func auditObjectOf(a store.Audit) auditObject {
	return auditObject{
		Action: string(a.Action), At: a.At.UTC(), Seq: a.Seq, Target: utf8Of(a.Target), Before: valueOrNull(a.Before), After: valueOrNull(a.After),
		Actor: actorObject{
			Method: string(a.Actor.Method), RequestID: utf8Of(a.Actor.RequestID), Source: utf8Of(a.Actor.Source), UserID: a.Actor.UserID,
			Username: utf8Of(a.Actor.Username),
		},
	}
}

// utf8Of makes text of what somebody sent: records keep it as it came, and JSON cannot.
func utf8Of(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

func valueOrNull(object string) jsontext.Value {
	if object == "" {
		return jsontext.Value("null")
	}
	return jsontext.Value(object)
}

type auditListAnswer struct {
	NextPageToken string        `json:"next_page_token,omitzero"`
	Records       []auditObject `json:"records"`
}

func auditList(_ auditQuery, page auditPage) auditListAnswer {
	return auditListAnswer{page.Next, objects(page.Records, auditObjectOf)}
}
