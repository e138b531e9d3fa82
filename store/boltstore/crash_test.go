package boltstore

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

const victimEnv = "BOLTSTORE_TEST_VICTIM"

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(victimEnv); path != "" {
		fmt.Fprintln(os.Stderr, victim(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// victim writes for ever, and says so after each acknowledged write. Each grant comes with an intent, deleted for the even ones.
func victim(path string) error {
	ctx := context.Background()
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	start, err := s.Revision(ctx)
	for n := start; err == nil; n++ {
		id := fmt.Sprint(n)
		if err = s.PutIntent(ctx, store.Intent{ID: id, Kind: store.IntentCreate}); err != nil {
			break
		}
		fmt.Println("intent", id)
		if err = s.Own(ctx, authz.InDefault(authz.Experiment, id), 1); err != nil {
			break
		}
		fmt.Println("grant", id)
		if n%2 == 0 {
			err = s.DeleteIntent(ctx, id)
		}
	}
	return err
}

func TestNothingAcknowledgedIsLostBySIGKILL(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Create(path, Options{})
	check(t, err)
	_, err = s.CreateUser(context.Background(), store.User{Username: "ann"})
	check(t, err)
	check(t, s.Close())
	var said []string
	for range 10 {
		said = append(said, runAndKill(t, path)...)
		checkSaid(t, path, said)
	}
	t.Logf("%d acknowledged writes and intents", len(said))
}

func runAndKill(t *testing.T, path string) (said []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if len(said) == 0 {
			time.AfterFunc(time.Duration(20+rand.IntN(100))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		}
		said = append(said, lines.Text())
	}
	_ = cmd.Wait() // killed
	if len(said) == 0 {
		t.Fatal("the victim wrote nothing")
	}
	return said
}

func checkSaid(t *testing.T, path string, said []string) {
	t.Helper()
	s, err := Open(path, Options{})
	check(t, err)
	defer verifyAndClose(t, s)
	checkRecords(t, s)
	intents, err := s.Intents(context.Background())
	check(t, err)
	live := map[string]bool{}
	for _, i := range intents {
		live[i.ID] = true
	}
	for _, line := range said {
		what, id, _ := strings.Cut(line, " ")
		p, err := s.Permission(context.Background(), 1, authz.InDefault(authz.Experiment, id))
		check(t, err)
		if what == "grant" && p != authz.Manage {
			t.Errorf("acknowledged grant %s is lost", id)
		}
		if odd := strings.ContainsAny(id[len(id)-1:], "13579"); what == "intent" && odd && !live[id] {
			t.Errorf("acknowledged intent %s is lost", id)
		}
	}
}

// checkRecords: every change has its record and every record its change, whatever was acknowledged.
func checkRecords(t *testing.T, s *Store) {
	t.Helper()
	stats, err := s.Stats(context.Background())
	check(t, err)
	owned := uint64(0)
	for _, a := range recordsOf(t, s) {
		if a.Action != store.ResourceOwn {
			continue
		}
		owned++
		id := strings.TrimSuffix(strings.TrimPrefix(a.Target, "experiment "), " for ann")
		if p, err := s.Permission(context.Background(), 1, authz.InDefault(authz.Experiment, id)); p != authz.Manage || err != nil {
			t.Errorf("a record without its change: %q", a.Target)
		}
	}
	if owned != stats.Grants || stats.AuditRecords != stats.Revision {
		t.Errorf("%d records of %d grants, %d records of %d writes", owned, stats.Grants, stats.AuditRecords, stats.Revision)
	}
}
