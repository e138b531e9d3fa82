package boltstore

import "encoding/binary"

func pageID(p page) int { return int(binary.NativeEndian.Uint64(p)) }
