package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// listen binds an address. A unix socket left behind by a killed process is removed first, unless somebody still answers on it.
func listen(ctx context.Context, address string) (net.Listener, error) {
	net1, addr := network(address)
	if net1 == "unix" {
		if err := removeStale(ctx, addr); err != nil {
			return nil, err
		}
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, net1, addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another process: stop it or choose another address", addr)
	}
	if err == nil && net1 == "unix" {
		err = os.Chmod(addr, 0o600)
	}
	return l, err
}

func removeStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("%s exists and is no socket", path)
	}
	var dialer net.Dialer
	if c, err := dialer.DialContext(ctx, "unix", path); err == nil {
		return errors.Join(fmt.Errorf("%s is in use by another process: stop it or choose another address", path), c.Close())
	}
	return os.Remove(path)
}
