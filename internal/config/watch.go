package config

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is how long files must be left alone before they are read: editors write in several steps.
const quiet = 100 * time.Millisecond

// Watcher tells when files have been changed: written, replaced, or exchanged under a symbolic link as Kubernetes does with "..data". Make it
// with Watch.
type Watcher struct {
	notify  *fsnotify.Watcher
	events  chan struct{}
	changed chan struct{}

	mu    sync.Mutex
	files []string
}

// Watch begins to watch, until ctx is done. It fails where the machine has no such thing left.
func Watch(ctx context.Context, files []string) (*Watcher, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &Watcher{notify: notify, events: make(chan struct{}), changed: make(chan struct{}, 1)}
	go w.run(ctx)
	go settle(ctx, w.events, w.changed)
	return w, w.Follow(files)
}

// Changed delivers one value after a change, when the files have been left alone for a moment.
func (w *Watcher) Changed() <-chan struct{} { return w.changed }

// Follow watches these files from now on. Their directories are watched, since a file that is replaced is another one.
func (w *Watcher) Follow(files []string) error {
	var errs []error
	var names, directories []string
	for _, file := range files {
		name, err := filepath.Abs(file)
		errs = append(errs, err)
		names = append(names, name)
		if real, err := filepath.EvalSymlinks(name); err == nil && real != name {
			names = append(names, real)
		}
	}
	for _, name := range names {
		directories = append(directories, filepath.Dir(name))
		errs = append(errs, w.notify.Add(filepath.Dir(name)))
	}
	for _, old := range w.notify.WatchList() {
		if !slices.Contains(directories, old) {
			_ = w.notify.Remove(old) // it may be gone already
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files = names
	return errors.Join(errs...)
}

func (w *Watcher) run(ctx context.Context) {
	defer w.notify.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-w.notify.Events:
			if w.concerns(e) {
				send(ctx, w.events)
			}
		case <-w.notify.Errors: // events were lost
			send(ctx, w.events)
		}
	}
}

func send(ctx context.Context, to chan<- struct{}) {
	select {
	case to <- struct{}{}:
	case <-ctx.Done():
	}
}

// concerns picks what may change the content of a file out of all that happens in its directory.
func (w *Watcher) concerns(e fsnotify.Event) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return e.Op != fsnotify.Chmod && (filepath.Base(e.Name) == "..data" || slices.Contains(w.files, e.Name))
}

// settle makes one change of many events.
func settle(ctx context.Context, events <-chan struct{}, changed chan<- struct{}) {
	var calm <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-events:
			calm = time.After(quiet)
		case <-calm:
			calm = nil
			select {
			case changed <- struct{}{}:
			default: // the one before has not been looked at
			}
		}
	}
}
