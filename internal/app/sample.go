package app

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
)

// sampled reports whether a request is among the share that is logged. It depends on the id alone, so that all replicas, and the log of
// everything that happened to one request, agree. A request without an id is always logged.
func sampled(id string, share float64) bool {
	if share >= 1 || id == "" {
		return true
	}
	sum := sha256.Sum256([]byte(id))
	return float64(binary.BigEndian.Uint64(sum[:])) < share*math.MaxUint64
}

func (p *problems) share(setting string, share float64) {
	if !(share >= 0 && share <= 1) { // NaN is neither
		p.add(setting, "must be from 0 to 1")
	}
}
