package boltstore

import (
	"encoding/binary"

	"extauthz/store"
)

const (
	adminFlag = 1 << iota
	mustChangeFlag
	disabledFlag
	serviceAccountFlag
)

// userRecord is a user as stored. The roles stand in the user's own record, so that its pair, the record under the user's id, vouches for
// them too: a bent pointer must not show the roles of last month.
type userRecord struct {
	store.User
	roles    []heldRole // ordered by role
	revision uint64
}

type heldRole struct{ role, assignment uint64 }

func flagsOf(u store.User) byte {
	return byte(one(u.Admin)*adminFlag | one(u.MustChangePassword)*mustChangeFlag |
		one(u.Disabled)*disabledFlag | one(u.ServiceAccount)*serviceAccountFlag)
}

func one(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func encodeUser(u userRecord) []byte {
	b := binary.AppendUvarint([]byte{flagsOf(u.User)}, u.revision)
	b = binary.AppendUvarint(b, u.ID)
	b = appendTime(b, u.CreatedAt)
	b = appendText(b, u.PasswordHash)
	for _, held := range u.roles {
		b = binary.AppendUvarint(binary.AppendUvarint(b, held.role), held.assignment)
	}
	return b
}

// decodeUser leaves the username to the caller, who has it as the key.
func decodeUser(payload []byte) (u userRecord) {
	flags, d := payload[0], decoder{payload[1:]}
	u.Admin, u.MustChangePassword = flags&adminFlag != 0, flags&mustChangeFlag != 0
	u.Disabled, u.ServiceAccount = flags&disabledFlag != 0, flags&serviceAccountFlag != 0
	u.revision = d.uvarint()
	u.ID = d.uvarint()
	u.CreatedAt = d.time()
	u.PasswordHash = d.text()
	for len(d.rest) > 0 {
		u.roles = append(u.roles, heldRole{d.uvarint(), d.uvarint()})
	}
	return u
}

func encodeUserID(username string, revision uint64) []byte {
	return append(binary.AppendUvarint(nil, revision), username...)
}

func decodeUserID(payload []byte) (username []byte, revision uint64) {
	d := decoder{payload}
	revision = d.uvarint()
	return d.rest, revision
}
