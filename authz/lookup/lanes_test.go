package lookup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"extauthz/authz"
)

// TestLanes: one user's burst takes that user's lanes and no others, and nothing is kept of who has gone.
func TestLanes(t *testing.T) {
	l := newLanes()
	var leaving []func()
	for range ownLanes {
		leave, err := l.enter(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		leaving = append(leaving, leave)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.enter(over, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("the burst goes on: %v", err)
	}
	leave, err := l.enter(t.Context(), 2)
	if err != nil {
		t.Fatalf("another user does not get through: %v", err)
	}
	leave()
	for _, leave := range leaving {
		leave()
	}
	if leave, err = l.enter(t.Context(), 1); err != nil {
		t.Fatalf("after the burst: %v", err)
	}
	leave()
	if len(l.byID) != 0 {
		t.Errorf("%d users are remembered", len(l.byID))
	}
}

// TestLanesOfAll: many users together are bounded as well.
func TestLanesOfAll(t *testing.T) {
	l := newLanes()
	for i := range allLanes {
		if _, err := l.enter(t.Context(), uint64(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.enter(over, 1000); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if len(l.byID) != allLanes {
		t.Errorf("%d users are remembered", len(l.byID))
	}
}

// TestABurstStallsNobodyElse: a user who asks for hundreds of unknown runs at once, of an MLflow that does not answer, leaves the others alone.
func TestABurstStallsNobodyElse(t *testing.T) {
	asked, stop := make(chan string, 1000), make(chan struct{})
	_, _, resolver := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		id := r.URL.Query().Get("run_id")
		asked <- id
		if strings.HasPrefix(id, "burst") {
			<-stop
		}
		fmt.Fprintf(w, `{"run":{"info":{"run_id":%q,"experiment_id":"1"}}}`, id)
		return true
	})
	var done sync.WaitGroup
	defer done.Wait()
	defer close(stop)
	for i := range 300 {
		done.Go(func() {
			_, _ = resolver.Resolve(authz.WithAsker(t.Context(), 1), authz.Ref{Kind: authz.RefRun, ID: fmt.Sprint("burst", i)})
		})
	}
	for range ownLanes {
		<-asked
	}
	got, err := resolver.Resolve(authz.WithAsker(t.Context(), 2), authz.Ref{Kind: authz.RefRun, ID: "calm"})
	if err != nil || got.Resources[0].ID != "1" {
		t.Errorf("%v, %v", got, err)
	}
	if id := <-asked; id != "calm" || len(asked) != 0 {
		t.Errorf("MLflow was asked for %s, and for %d more of the burst", id, len(asked))
	}
}
