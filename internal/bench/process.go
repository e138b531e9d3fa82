package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// partVariable names, in a child's environment, the part that this program plays there.
const partVariable = "EXTAUTHZ_BENCH_PART"

var parts = map[string]func(ctx context.Context, args []string) error{
	"upstream": upstream,
	"allow":    allowEverything,
	"load":     load,
}

// process is a child. It gets TERM when the context ends, KILL when it does not mind or when the thread that started it is gone.
type process struct {
	name string
	cmd  *exec.Cmd
	err  bytes.Buffer
}

func command(ctx context.Context, path string, args ...string) *process {
	p := &process{name: path, cmd: exec.CommandContext(ctx, path, args...)}
	p.cmd.Stderr = &p.err
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 5 * time.Second
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return p
}

// part is this program in another role.
func part(ctx context.Context, name string, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := command(ctx, self, args...)
	p.name = name
	p.cmd.Env = append(os.Environ(), partVariable+"="+name)
	return p, nil
}

// failure puts what the child said about it behind an error.
func (p *process) failure(err error) error {
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(p.err.String()), "\n")
	said := strings.Join(lines[max(0, len(lines)-5):], "\n")
	return fmt.Errorf("%s: %w\n%s", p.name, err, said)
}

// stop ends a child and waits for it. How it ended is no news.
func (p *process) stop() {
	if p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Cancel()
	_ = p.cmd.Wait()
}

// cpu is the processor time of the process so far, with all its threads: user and system, in ticks of 10 ms.
func (p *process) cpu() (time.Duration, error) {
	if p == nil {
		return 0, nil
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("%s has ended: %w", p.name, p.failure(err))
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name in parentheses may hold anything
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, errors.New("/proc/<pid>/stat is not what it was")
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(err1, err2)
}
