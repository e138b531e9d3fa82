package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

func concurrencyCases() []conformance {
	return []conformance{
		{"OneOfManyCreatesWins", testOneWins},
		{"AReaderSeesWholeWritesOnly", testWholeWrites},
		{"OneAdminStaysWhenAllLeaveAtOnce", testAdminsLeave},
	}
}

func together(n int, do func(i int)) {
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { do(i) })
	}
	wait.Wait()
}

func testOneWins(t *testing.T, l *ledger) {
	ctx := context.Background()
	var won atomic.Int32
	together(8, func(i int) {
		_, err := l.CreateUser(ctx, store.User{Username: "ann"})
		if err == nil {
			won.Add(1)
		} else if !errors.Is(err, store.ErrExists) {
			t.Errorf("error is %v, want ErrExists", err)
		}
		check(t, l.PutIntent(ctx, store.Intent{ID: fmt.Sprint(i), Kind: store.IntentCreate}))
	})
	equal(t, "creates that succeeded", won.Load(), int32(1))
}

// testWholeWrites moves a resource to and fro: a reader must always find its grants on exactly one of the two names.
func testWholeWrites(t *testing.T, l *ledger) {
	ctx := context.Background()
	for _, name := range []string{"ann", "bob", "eve"} {
		grant(t, l, newUser(t, l, name).ID, experiment("1"), authz.Read)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() { readWhole(t, l, done) })
	}
	for i := range 100 {
		check(t, l.Move(ctx, experiment(fmt.Sprint(1+i%2)), experiment(fmt.Sprint(2-i%2))))
	}
	close(done)
	readers.Wait()
}

func readWhole(t *testing.T, l *ledger, done chan struct{}) {
	last := uint64(0)
	for {
		select {
		case <-done:
			return
		default:
		}
		if n := len(all(t, l.GrantsOn(context.Background(), experiment("1")))); n != 0 && n != 3 {
			t.Errorf("%d grants in the middle of a move", n)
		}
		revision, err := l.Revision(context.Background())
		if err != nil || revision < last {
			t.Errorf("revision %d (%v) after %d", revision, err, last)
		}
		last = revision
	}
}

func testAdminsLeave(t *testing.T, l *ledger) {
	ctx := context.Background()
	for i := range 6 {
		_, err := l.CreateUser(ctx, store.User{Username: fmt.Sprint("admin", i), Admin: true})
		check(t, err)
	}
	var left atomic.Int32
	together(6, func(i int) {
		if err := l.DeleteUser(ctx, fmt.Sprint("admin", i)); err == nil {
			left.Add(1)
		} else if !errors.Is(err, store.ErrLastAdmin) {
			t.Errorf("error is %v, want ErrLastAdmin", err)
		}
	})
	equal(t, "admins that left", left.Load(), int32(5))
}
