package config

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

func watch(t *testing.T, files ...string) *Watcher {
	t.Helper()
	w, err := Watch(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// awaitChange fails with the test's own deadline.
func awaitChange(t *testing.T, w *Watcher) {
	t.Helper()
	select {
	case <-w.Changed():
	case <-time.After(30 * time.Second):
		t.Fatal("a change is not noticed")
	}
}

func TestWatchNoticesEveryWayOfWriting(t *testing.T) {
	d := dir(t, map[string]string{"c.yaml": "{}"})
	file, other := filepath.Join(d, "c.yaml"), filepath.Join(d, "new")
	w := watch(t, file)
	for name, change := range map[string]func(){
		"written":   func() { must(t, os.WriteFile(file, []byte("init: true"), 0o600)) },
		"replaced":  func() { must(t, os.WriteFile(other, []byte("init: true"), 0o600), os.Rename(other, file)) },
		"made anew": func() { must(t, os.Remove(file), os.WriteFile(file, []byte("{}"), 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			change()
			awaitChange(t, w)
		})
	}
}

// TestWatchNoticesAVolumeOfKubernetes: the file is a link to ..data/c.yaml, ..data a link to a directory, and another link takes its place.
func TestWatchNoticesAVolumeOfKubernetes(t *testing.T) {
	d := t.TempDir()
	volume := func(name string) {
		must(t, os.Mkdir(filepath.Join(d, name), 0o700), os.WriteFile(filepath.Join(d, name, "c.yaml"), []byte("# "+name), 0o600),
			os.Symlink(name, filepath.Join(d, "..data_tmp")), os.Rename(filepath.Join(d, "..data_tmp"), filepath.Join(d, "..data")))
	}
	volume("..1")
	file := filepath.Join(d, "c.yaml")
	must(t, os.Symlink("..data/c.yaml", file))
	w := watch(t, file)
	for _, name := range []string{"..2", "..3"} {
		volume(name)
		awaitChange(t, w)
		if text, err := os.ReadFile(file); err != nil || string(text) != "# "+name {
			t.Fatalf("%s, %v", text, err)
		}
		must(t, w.Follow([]string{file}))
	}
}

func TestWatchFollowsOtherFiles(t *testing.T) {
	one, two := filepath.Join(dir(t, map[string]string{"a": ""}), "a"), filepath.Join(dir(t, map[string]string{"b": ""}), "b")
	w := watch(t, one)
	must(t, w.Follow([]string{two}), os.WriteFile(two, []byte("x"), 0o600))
	awaitChange(t, w)
	if w.concerns(fsnotify.Event{Name: one, Op: fsnotify.Write}) {
		t.Error("the file before is still watched")
	}
}

// TestWatchLeavesNeighboursAlone: the store often lies beside the configuration, and is written all the time.
func TestWatchLeavesNeighboursAlone(t *testing.T) {
	d := dir(t, map[string]string{"c.yaml": ""})
	w := watch(t, filepath.Join(d, "c.yaml"))
	for _, e := range []fsnotify.Event{
		{Name: filepath.Join(d, "extauthz.db"), Op: fsnotify.Write},
		{Name: filepath.Join(d, "c.yaml"), Op: fsnotify.Chmod},
		{Name: filepath.Join(d, "c.yaml~"), Op: fsnotify.Create},
	} {
		if w.concerns(e) {
			t.Errorf("%v concerns the configuration", e)
		}
	}
	if !w.concerns(fsnotify.Event{Name: filepath.Join(d, "c.yaml"), Op: fsnotify.Write}) {
		t.Error("a write does not")
	}
}

// TestSettle: a file is read when its writer is done, and once.
func TestSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		events, changed := make(chan struct{}), make(chan struct{}, 1)
		go settle(ctx, events, changed)
		began := time.Now()
		for range 5 {
			events <- struct{}{}
			time.Sleep(quiet / 2) // of the bubble
		}
		<-changed
		if took := time.Since(began); took != 3*quiet {
			t.Errorf("read after %v, want %v", took, 3*quiet)
		}
		time.Sleep(time.Hour)
		select {
		case <-changed:
			t.Error("read twice")
		default:
		}
		stop()
		synctest.Wait()
	})
}
