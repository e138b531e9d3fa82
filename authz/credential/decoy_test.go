package credential

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestUnknownNamesResembleAccounts: with imported hashes in the store, an unknown name costs what some account costs, always the same.
func TestUnknownNamesResembleAccounts(t *testing.T) {
	s := setStage(t)
	own, imported := s.hash(t, secret), "scrypt:1024:8:1$x$"+fmt.Sprintf("%0128d", 0)
	s.hashed()
	costs := func() map[string]kdf {
		found := map[string]kdf{}
		for i := range 64 {
			name := fmt.Sprint("nobody", i)
			s.expect(t, "unauthenticated", name, "a wrong password", home)
			hashes := s.hashed()
			if len(hashes) != 1 {
				t.Fatalf("%s: hashed %d times", name, len(hashes))
			}
			found[name] = hashes[0]
			s.clock.advance(time.Hour) // past the throttle
		}
		return found
	}
	for name, cost := range costs() {
		if cost != kdf(cheap) {
			t.Errorf("%s costs %+v when there is nothing to resemble", name, cost)
		}
	}
	s.Resemble(slices.Values([]string{own, imported, own, "unreadable"}))
	first, second, count := costs(), costs(), map[kdf]int{}
	for name, cost := range first {
		count[cost]++
		if cost != second[name] {
			t.Errorf("%s costs another time: %+v, then %+v", name, cost, second[name])
		}
	}
	if n := count[scryptCost{1024, 8, 1}]; n < 8 || n > 36 || count[cheap] != 64-n {
		t.Errorf("not in the proportion of one to two: %v", count)
	}
}

// TestUnknownNamesChangeAsAccountsDo: while imported accounts get hashes of ours and new ones come, an unknown name goes from an imported hash's
// time to ours at most, and never back. A name whose time goes to and fro would be no account's.
func TestUnknownNamesChangeAsAccountsDo(t *testing.T) {
	s := setStage(t)
	own, imported := s.hash(t, secret), "scrypt:1024:8:1$x$"+fmt.Sprintf("%0128d", 0)
	before, changed := map[int]kdf{}, 0
	for ours := range 20 {
		accounts := slices.Concat(slices.Repeat([]string{own}, 2*ours), slices.Repeat([]string{imported}, 20-ours))
		s.Resemble(slices.Values(append(accounts[ours:], accounts[:ours]...)))
		for i := range 64 {
			cost, ok := s.decoys.of(s.sealer.seal(fmt.Sprint("nobody", i)))
			if !ok {
				t.Fatal("there is nothing to resemble")
			}
			if before[i] != nil && cost != before[i] {
				changed++
				if cost != kdf(cheap) {
					t.Errorf("nobody%d goes back to an imported hash's time", i)
				}
			}
			before[i] = cost
		}
	}
	if changed == 0 {
		t.Error("no name has changed its time, as accounts have")
	}
}
