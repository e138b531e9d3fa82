package boltstore

import (
	"encoding/binary"
	"time"
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

func (d *decoder) byte() byte {
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
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
