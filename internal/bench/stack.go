package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"time"

	"extauthz/envoy/bootstrap"
)

// variant is one Envoy, and whom it asks.
type variant struct {
	name    string
	address string
	envoy   *process
	asked   *process // nil: nobody
}

// stack is everything that runs while the load does.
type stack struct {
	dir        string
	options    options
	upstream   string
	experiment string
	secrets    secrets
	variants   []*variant
	secure     *variant // as the last one, with TLS
	running    []*process
}

// startStack starts all processes and returns when each of them listens. Stop it even if it fails.
func startStack(ctx context.Context, o options, dir string) (*stack, error) {
	s := &stack{dir: dir, options: o}
	var err error
	if s.upstream, err = freeAddress(); err != nil {
		return s, err
	}
	p, err := part(ctx, "upstream", s.upstream)
	if err == nil {
		err = s.start(ctx, p, "tcp", s.upstream)
	}
	for _, add := range []func(context.Context) error{s.addAlone, s.addAlways, s.addExtauthz} {
		if err == nil {
			err = add(ctx)
		}
	}
	return s, err
}

func (s *stack) stop() {
	for _, p := range s.running {
		p.stop()
	}
}

// start runs a process and waits until it listens.
func (s *stack) start(ctx context.Context, p *process, network, address string) error {
	if err := p.cmd.Start(); err != nil {
		return p.failure(err)
	}
	s.running = append(s.running, p)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(end) || ctx.Err() != nil {
			return p.failure(err)
		}
	}
}

func (s *stack) addAlone(ctx context.Context) error {
	return s.add(ctx, &variant{name: "Envoy alone"}, "")
}

func (s *stack) addAlways(ctx context.Context) error {
	socket := filepath.Join(s.dir, "allow.sock")
	p, err := part(ctx, "allow", socket)
	if err != nil {
		return err
	}
	if err := s.start(ctx, p, "unix", socket); err != nil {
		return err
	}
	return s.add(ctx, &variant{name: "always-allow", asked: p}, socket)
}

// addExtauthz builds the service, so that no stale binary is measured, and serves a store of its own.
func (s *stack) addExtauthz(ctx context.Context) error {
	binary, db, socket := filepath.Join(s.dir, "extauthz"), filepath.Join(s.dir, "extauthz.db"), filepath.Join(s.dir, "check.sock")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "./cmd/extauthz")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, out)
	}
	var err error
	if s.secrets, err = newSecrets(); err != nil {
		return err
	}
	if s.experiment, err = seed(ctx, db, s.options.grants, &s.secrets); err != nil {
		return err
	}
	config, err := s.secrets.configure(s.dir)
	if err != nil {
		return err
	}
	admin, err1 := freeAddress()
	probes, err2 := freeAddress()
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	p := command(ctx, binary, "serve", "--config", config, "--store", db, "--grpc-listen", "unix://"+socket, "--admin-listen", admin,
		"--diagnostics-listen", probes, "--mlflow-url", "http://"+s.upstream)
	p.name = "extauthz"
	if err := s.start(ctx, p, "unix", socket); err != nil {
		return err
	}
	s.secure = &variant{name: "extauthz-tls", asked: p}
	tls := bootstrap.PublicTLS{Certificate: filepath.Join(s.dir, "server.pem"), Key: filepath.Join(s.dir, "server.key"), ClientCA: filepath.Join(s.dir, "ca.pem")}
	if err := s.startEnvoy(ctx, s.secure, socket, tls); err != nil {
		return err
	}
	return s.add(ctx, &variant{name: "extauthz", asked: p}, socket)
}

// add starts a variant that has turns in the rounds.
func (s *stack) add(ctx context.Context, v *variant, socket string) error {
	s.variants = append(s.variants, v)
	return s.startEnvoy(ctx, v, socket, bootstrap.PublicTLS{})
}

// startEnvoy starts an Envoy that asks at the socket; "" for nobody.
func (s *stack) startEnvoy(ctx context.Context, v *variant, socket string, tls bootstrap.PublicTLS) error {
	var err error
	if v.address, err = freeAddress(); err != nil {
		return err
	}
	config := filepath.Join(s.dir, "envoy-"+v.name+".json")
	o := bootstrap.Options{
		Listen: v.address, MLflow: s.upstream, Check: "unix://" + filepath.Join(s.dir, "nobody.sock"), AuthAPI: s.upstream,
		TLS: tls, SecretsDir: s.dir,
	}
	if socket != "" {
		o.Check = "unix://" + socket
	}
	if err := writeConfig(config, o, socket != ""); err != nil {
		return err
	}
	v.envoy = command(ctx, s.options.envoy, "--config-path", config, "--concurrency", "2", "--disable-hot-restart", "--log-level", "error")
	v.envoy.name = "envoy (" + v.name + ")"
	return s.start(ctx, v.envoy, "tcp", v.address)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
