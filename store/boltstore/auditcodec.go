package boltstore

import (
	"encoding/binary"

	"extauthz/authz"
	"extauthz/store"
)

// encodeAudit leaves out the sequence number, which is the key.
func encodeAudit(a store.Audit) []byte {
	b := appendTime(nil, a.At)
	b = binary.AppendUvarint(b, a.Actor.UserID)
	for _, text := range []string{
		a.Actor.Username, string(a.Actor.Method), a.Actor.Source, a.Actor.RequestID, string(a.Action), a.Target, a.Before, a.After,
	} {
		b = appendText(b, text)
	}
	return b
}

func decodeAudit(key, payload []byte) (a store.Audit) {
	d := decoder{payload}
	a.Seq = binary.BigEndian.Uint64(key)
	a.At = d.time()
	a.Actor = store.Actor{UserID: d.uvarint(), Username: d.text(), Method: authz.Method(d.text()), Source: d.text(), RequestID: d.text()}
	a.Action, a.Target, a.Before, a.After = store.Action(d.text()), d.text(), d.text(), d.text()
	mustBeEmpty(d.rest)
	return a
}
