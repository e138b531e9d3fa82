package boltstore

import (
	"strings"

	"extauthz/store"
)

// note puts a record of what the transaction does into the transaction.
func (w *writer) note(action store.Action, target string, before, after facts) {
	w.append(store.Audit{At: w.now, Actor: w.actor, Action: action, Target: target, Before: before.text(), After: after.text()})
}

func (w *writer) append(a store.Audit) {
	w.state.lastRecord++
	w.state.audits++
	a.Seq, a.At = w.state.lastRecord, a.At.UTC()
	for _, text := range []*string{&a.Actor.Username, &a.Actor.Source, &a.Actor.RequestID, &a.Target} {
		*text = cut(*text)
	}
	w.put(auditBucket, appendID(nil, a.Seq), encodeAudit(a))
	w.records = append(w.records, a)
}

// cut keeps what somebody sent from filling the store.
func cut(text string) string {
	if len(text) <= store.MaxName {
		return text
	}
	return strings.ToValidUTF8(text[:store.MaxName], "")
}

// tell hands on what has been committed. The caller is the one writer, so it is in order.
func (s *Store) tell(records []store.Audit) {
	if s.onAudit == nil {
		return
	}
	for _, a := range records {
		s.onAudit(a)
	}
}
