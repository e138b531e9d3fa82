package servertls

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"log/slog"
	"sync/atomic"
	"time"
)

// Look is how often files are looked at.
const Look = 5 * time.Second

// Follower keeps a listener's TLS as its files say. Make it with Follow.
type Follower struct {
	listener  string
	files     Files
	protocols []string
	metrics   *Metrics
	log       *slog.Logger

	current atomic.Pointer[tls.Config]
	seen    [sha256.Size]byte // what was looked at last, whether it was taken or not
	failing string            // the error that was logged last
}

// Follow reads the files of a listener for the first time, and fails when they are broken. protocols are what TLS offers (ALPN).
func Follow(listener string, files Files, protocols []string, m *Metrics, log *slog.Logger) (*Follower, error) {
	f := &Follower{listener: listener, files: files, protocols: protocols, metrics: m, log: log}
	c, err := files.read()
	if err != nil {
		return nil, err
	}
	f.seen = c.digest()
	return f, f.take(c)
}

// Config is for the listener. It stays the same value; what connections meet changes behind it.
func (f *Follower) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: f.protocols,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return f.current.Load(), nil },
	}
}

// Run looks at the files every so often, until ctx is done.
func (f *Follower) Run(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f.look(ctx)
		}
	}
}

// look takes what has changed. What is broken is said once, not at every look.
func (f *Follower) look(ctx context.Context) {
	c, err := f.files.read()
	if err == nil {
		digest := c.digest()
		if digest == f.seen {
			return
		}
		f.seen = digest
		err = f.take(c)
	}
	switch {
	case err == nil:
		f.failing = ""
		f.metrics.reloads.WithLabelValues(f.listener, "taken").Inc()
		f.log.InfoContext(ctx, "certificates have changed", "listener", f.listener, "files", f.files.Certificate)
	case err.Error() != f.failing:
		f.failing = err.Error()
		f.metrics.reloads.WithLabelValues(f.listener, "refused").Inc()
		f.log.ErrorContext(ctx, "changed certificates are not taken; the old ones stay", "listener", f.listener, "error", err)
	}
}

func (f *Follower) take(c contents) error {
	config, err := f.files.config(c, f.protocols)
	if err != nil {
		return err
	}
	f.current.Store(config)
	f.metrics.expiry.WithLabelValues(f.listener).Set(float64(config.Certificates[0].Leaf.NotAfter.Unix()))
	return nil
}
