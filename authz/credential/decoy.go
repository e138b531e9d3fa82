package credential

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"iter"
	"maps"
	"math/bits"
	"slices"
	"sync/atomic"
)

// decoys are what a wrong name's password is hashed with. Imported accounts keep MLflow's hashes until their owners sign in, which take another
// time than ours; were every unknown name answered in the time of ours, the time would tell who has an account. So an unknown name takes the
// time of some account. The costs are sorted: while accounts get hashes of ours, a name keeps its time or changes it once, as an account does.
// One whose time came and went would be nobody's.
type decoys struct{ costs atomic.Pointer[[]kdf] }

// Resemble tells b the stored password hashes of all accounts, each once. Names that nobody has then take as long to refuse as these do, in the
// same proportion. Call it again when there may be others. Unreadable hashes are passed over.
func (b *Basic) Resemble(hashes iter.Seq[string]) {
	count := map[kdf]int{}
	for encoded := range hashes {
		if s, err := parseStored(encoded); err == nil {
			count[s.kdf]++
		}
	}
	var costs []kdf
	for _, cost := range slices.SortedFunc(maps.Keys(count), func(a, b kdf) int { return cmp.Compare(fmt.Sprintf("%T%v", a, a), fmt.Sprintf("%T%v", b, b)) }) {
		costs = append(costs, slices.Repeat([]kdf{cost}, count[cost])...)
	}
	b.decoys.costs.Store(&costs)
}

// Resembles tells how many hashes those are.
func (b *Basic) Resembles() int {
	if costs := b.decoys.costs.Load(); costs != nil {
		return len(*costs)
	}
	return 0
}

// of is the cost of a name; false when no account is known to have one.
func (d *decoys) of(name seal) (kdf, bool) {
	costs := d.costs.Load()
	if costs == nil || len(*costs) == 0 {
		return nil, false
	}
	place, _ := bits.Mul64(binary.BigEndian.Uint64(name[:]), uint64(len(*costs))) // a fraction of them, which the number of accounts does not shuffle
	return (*costs)[place], true
}
