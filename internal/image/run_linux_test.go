package image

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// container is an unpacked image with a read-only root and one volume, as Kubernetes would mount it. There is no container engine: chroot, a
// mount and the image's user are what one would use of the kernel's means.
type container struct{ root, volume string }

func start(t *testing.T, img v1.Image) container {
	t.Helper()
	c := container{root: filepath.Join(t.TempDir(), "root")}
	if err := os.Mkdir(c.root, 0o755); err != nil {
		t.Fatal(err)
	}
	unpack(t, mutate.Extract(img), c.root)
	c.volume = filepath.Join(c.root, Home)
	mount(t, c.root, c.root, "", syscall.MS_BIND)
	mount(t, "tmpfs", c.volume, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV)
	if err := os.Chown(c.volume, Nobody, Nobody); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("", c.root, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	return c
}

func mount(t *testing.T, source, target, kind string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount(source, target, kind, flags, ""); errors.Is(err, syscall.EPERM) {
		t.Skipf("this takes the right to mount: %v (the other tests of this package look at the same image without running it)", err)
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(target, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// command is one in the container, by the image's configuration.
func (c container) command(config v1.Config, env []string, args ...string) *exec.Cmd {
	return &exec.Cmd{
		Path: config.Entrypoint[0], Args: append(config.Entrypoint, args...), Env: append(config.Env, env...), Dir: config.WorkingDir,
		SysProcAttr: &syscall.SysProcAttr{Chroot: c.root, Credential: &syscall.Credential{Uid: Nobody, Gid: Nobody}, Pdeathsig: syscall.SIGKILL},
	}
}

// TestTheImageRuns as its own user on a read-only root: the service starts, creates its store on the volume, answers its own health check and
// ends in good order.
func TestTheImageRuns(t *testing.T) {
	runtime.LockOSThread() // Pdeathsig is about this thread
	binary, err := os.ReadFile("../../bin/extauthz")
	if err != nil {
		t.Fatalf("%v; run `make test`, or `make build` first", err)
	}
	img, err := release(t).Image(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}, binary)
	if err != nil {
		t.Fatal(err)
	}
	file, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, img)
	env := []string{
		"MLFLOW_AUTH_ADMIN_USERNAME=admin", "MLFLOW_AUTH_ADMIN_PASSWORD=twelve characters or more", "EXTAUTHZ_INIT=true",
		"EXTAUTHZ_GRPC_LISTEN=127.0.0.1:0", "EXTAUTHZ_ADMIN_LISTEN=127.0.0.1:0", "EXTAUTHZ_DIAGNOSTICS_LISTEN=unix://" + Home + "/diagnostics.sock",
	}
	serve := c.command(file.Config, env, file.Config.Cmd...)
	var log bytes.Buffer
	serve.Stdout, serve.Stderr = &log, &log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	out, err := c.healthy(file.Config, env)
	if err != nil || !strings.Contains(out, `"store_write":"ok"`) {
		t.Errorf("the health check says %q (%v)", out, err)
	}
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("serve ended with %v", err)
	}
	if _, err := os.Stat(filepath.Join(c.volume, "extauthz.db")); err != nil || t.Failed() {
		t.Errorf("%v\n%s", err, log.String())
	}
}

// healthy asks as the image's own health check does, until the service is there.
func (c container) healthy(config v1.Config, env []string) (out string, err error) {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var text []byte
		text, err = c.command(config, env, config.Healthcheck.Test[2:]...).CombinedOutput()
		if out = string(text); err == nil {
			return out, nil
		}
	}
	return out, err
}

// TestTheRootIsReadOnly makes sure that the test above shows what it says: nothing but the volume can be written.
func TestTheRootIsReadOnly(t *testing.T) {
	runtime.LockOSThread()
	binary, err := os.ReadFile("../../bin/extauthz")
	if err != nil {
		t.Fatal(err)
	}
	img, err := release(t).Image(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}, binary)
	if err != nil {
		t.Fatal(err)
	}
	file, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, img)
	if out, err := c.command(file.Config, nil, "init", "--store", "/elsewhere.db").CombinedOutput(); err == nil || !strings.Contains(string(out), "read-only file system") {
		t.Errorf("a store on the root: %v %s", err, out)
	}
	if out, err := c.command(file.Config, nil, "init").CombinedOutput(); err != nil {
		t.Errorf("a store on the volume: %v %s", err, out)
	}
}
