package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"extauthz/internal/app"
	"extauthz/internal/config"
)

// reloader reads the configuration again, on SIGHUP or when its files have changed.
type reloader struct {
	sources config.Sources
	began   config.Loaded
	app     *app.App
	log     *slog.Logger
	hangups chan os.Signal
	watcher *config.Watcher // nil when the machine has none to give
}

// hangups must be asked for early: until then SIGHUP ends the process.
func hangups() chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c
}

func (r *reloader) watch(ctx context.Context) {
	var err error
	if r.watcher, err = config.Watch(ctx, r.began.Files); err != nil {
		r.log.Warn("changes of the configuration's files are not noticed; send SIGHUP after one", "error", err)
	}
}

func (r *reloader) changed() <-chan struct{} {
	if r.watcher == nil {
		return nil
	}
	return r.watcher.Changed()
}

// until reloads until the service is to end, or a part of it has ended by itself.
func (r *reloader) until(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			r.log.Info("draining")
			return nil
		case err := <-r.app.Failed():
			return err
		case <-r.hangups:
			r.reload()
		case <-r.changed():
			r.reload()
		}
	}
}

// reload logs what became of it; the process goes on with the configuration before when the new one is wrong.
func (r *reloader) reload() {
	var loaded config.Loaded
	err := r.app.Reload(func() (c app.Config, err error) {
		loaded, err = r.sources.Load()
		return loaded.Config, err
	})
	if err != nil {
		r.log.Error("configuration", "error", err)
		return
	}
	r.log.Info("the configuration is reloaded")
	warn(r.log, loaded)
	if names := loaded.NeedRestart(r.began); len(names) > 0 {
		r.log.Warn("changed settings that need a restart", "settings", names)
	}
	if r.watcher == nil {
		return
	}
	if err := r.watcher.Follow(loaded.Files); err != nil {
		r.log.Warn("some changes of the configuration's files will not be noticed", "error", err)
	}
}

func warn(log *slog.Logger, loaded config.Loaded) {
	for _, warning := range loaded.Warnings {
		log.Warn("configuration", "warning", warning)
	}
}
