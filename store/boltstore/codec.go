package boltstore

import (
	"encoding/binary"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

// decoder takes fields off the front of a payload. Payloads are varints and length-prefixed strings in a fixed order, with no reflection:
// they are decoded on every check. A short payload is damage, by way of an out-of-range slice.
type decoder struct{ rest []byte }

func (d *decoder) uvarint() uint64 {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 {
		panic(damage("a number is cut short"))
	}
	d.rest = d.rest[size:]
	return n
}

func (d *decoder) varint() int64 {
	n := d.uvarint()
	return int64(n>>1) ^ -int64(n&1) // zig-zag, as binary.AppendVarint writes it
}

func (d *decoder) bytes() []byte {
	n := d.uvarint()
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) text() string    { return string(d.bytes()) }
func (d *decoder) time() time.Time { return time.Unix(d.varint(), int64(d.uvarint())).UTC() }

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendTime(b []byte, t time.Time) []byte {
	return binary.AppendUvarint(binary.AppendVarint(b, t.Unix()), uint64(t.Nanosecond()))
}

// encodeGrant writes the same payload into both buckets. The revision makes an old copy differ from the record that replaced it.
func encodeGrant(p authz.Permission, revision uint64) []byte {
	return binary.AppendUvarint([]byte{byte(p)}, revision)
}

func decodePermission(payload []byte) authz.Permission {
	p := authz.Permission(payload[0])
	if p < authz.Deny || p > authz.Manage {
		panic(damage("a grant gives an unknown permission"))
	}
	return p
}

const (
	adminFlag = 1 << iota
	mustChangeFlag
)

func encodeUser(u store.User, revision uint64) []byte {
	var flags byte
	if u.Admin {
		flags |= adminFlag
	}
	if u.MustChangePassword {
		flags |= mustChangeFlag
	}
	b := binary.AppendUvarint([]byte{flags}, revision)
	b = binary.AppendUvarint(b, u.ID)
	b = appendTime(b, u.CreatedAt)
	return appendText(b, u.PasswordHash)
}

// decodeUser leaves the username to the caller, who has it as the key.
func decodeUser(payload []byte) (u store.User, revision uint64) {
	d := decoder{payload[1:]}
	u.Admin, u.MustChangePassword = payload[0]&adminFlag != 0, payload[0]&mustChangeFlag != 0
	revision = d.uvarint()
	u.ID = d.uvarint()
	u.CreatedAt = d.time()
	u.PasswordHash = d.text()
	mustBeEmpty(d.rest)
	return u, revision
}

func encodeUserID(username string, revision uint64) []byte {
	return append(binary.AppendUvarint(nil, revision), username...)
}

func decodeUserID(payload []byte) (username []byte, revision uint64) {
	d := decoder{payload}
	revision = d.uvarint()
	return d.rest, revision
}
