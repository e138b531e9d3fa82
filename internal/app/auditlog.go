package app

import (
	"context"
	"encoding/json"
	"log/slog"

	"extauthz/store"
)

// auditStream logs the audit records that this process writes, each once, in order, when they are on disk. What the command line does to the
// file of a service that is down is in the store alone.
func auditStream(log *slog.Logger) func(store.Audit) {
	return func(a store.Audit) {
		log.LogAttrs(context.Background(), slog.LevelInfo, "audit",
			slog.Uint64("seq", a.Seq), slog.Time("at", a.At), slog.String("action", string(a.Action)), slog.String("target", a.Target),
			slog.Group("actor", "username", a.Actor.Username, "user_id", a.Actor.UserID, "method", string(a.Actor.Method)),
			slog.String("source", a.Actor.Source), slog.String("request_id", a.Actor.RequestID),
			slog.Any("before", jsonOf(a.Before)), slog.Any("after", jsonOf(a.After)))
	}
}

// jsonOf is what a record holds as JSON, null for nothing.
func jsonOf(facts string) json.RawMessage {
	if facts == "" {
		return json.RawMessage("null")
	}
	return json.RawMessage(facts)
}
