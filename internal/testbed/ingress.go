package testbed

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Ingress is where a proxy that is not Envoy finds the parts behind it, each host:port.
type Ingress struct{ MLflow, AuthAPI, Check string }

// Nginx runs the distribution's nginx with one of the configurations of e2e/nginx, "auth_request.conf" say, and returns its URL. It ends with the
// test.
func Nginx(t testing.TB, config string, to Ingress) (url string) {
	t.Helper()
	dir, listen := shortDirectory(t), "127.0.0.1:"+FreePorts(t, 1)[0]
	in := strings.NewReplacer("@DIR@", dir, "@LISTEN@", listen, "@SERVER_NAME@", "127.0.0.1 localhost", "@MLFLOW@", to.MLflow, "@AUTH_API@", to.AuthAPI, "@CHECK@", to.Check)
	from := filepath.Join(Root(t), "e2e", "nginx")
	files, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, f.Name()), in.Replace(string(text)))
	}
	write(t, filepath.Join(dir, "nginx.conf"), nginxMain(dir, config))
	run(t, listen, filepath.Join(dir, "error.log"), program(t, "nginx", "/usr/sbin"), "-p", dir, "-e", filepath.Join(dir, "error.log"), "-c", filepath.Join(dir, "nginx.conf"))
	return "http://" + listen
}

// nginxMain is what a distribution's own nginx.conf does around a site: it loads modules, and says where files go.
func nginxMain(dir, config string) string {
	var main, temp strings.Builder
	if os.Getuid() == 0 {
		main.WriteString("user root;\n") // the files are in a directory that is root's
	}
	for _, module := range []string{"ndk_http_module.so", "ngx_http_lua_module.so"} {
		fmt.Fprintf(&main, "load_module /usr/lib/nginx/modules/%s;\n", module)
	}
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&temp, "%s_temp_path %s/%s;\n", kind, dir, kind)
	}
	return fmt.Sprintf("%sdaemon off;\npid %s/pid;\nworker_processes 1;\nevents { worker_connections 256; }\nhttp {\naccess_log off;\n%sinclude %s/%s;\n}\n",
		main.String(), dir, temp.String(), dir, config)
}

// Caddy runs the distribution's Caddy with e2e/caddy/Caddyfile, and returns its URL. It ends with the test.
func Caddy(t testing.TB, to Ingress) (url string) {
	t.Helper()
	dir, listen := shortDirectory(t), "127.0.0.1:"+FreePorts(t, 1)[0]
	in := strings.NewReplacer("@LISTEN@", listen, "@MLFLOW@", to.MLflow, "@AUTH_API@", to.AuthAPI, "@CHECK@", to.Check)
	write(t, filepath.Join(dir, "Caddyfile"), in.Replace(read(t, "e2e/caddy/Caddyfile")))
	run(t, listen, filepath.Join(dir, "log"), program(t, "caddy", "/usr/bin"), "run", "--adapter", "caddyfile", "--config", filepath.Join(dir, "Caddyfile"))
	return "http://" + listen
}

// EnvoyOverHTTP runs the pinned Envoy with e2e/envoy/http-check.yaml, and returns its URL. It ends with the test.
func EnvoyOverHTTP(t testing.TB, to Ingress) (url string) {
	t.Helper()
	dir, port := shortDirectory(t), FreePorts(t, 1)[0]
	pairs := []string{"@ADDRESS@", "127.0.0.1", "@PORT@", port, "@DOMAINS@", `"127.0.0.1:` + port + `", "localhost:` + port + `"`}
	for name, address := range map[string]string{"MLFLOW": to.MLflow, "AUTH_API": to.AuthAPI, "CHECK": to.Check} {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, "@"+name+"_ADDRESS@", host, "@"+name+"_PORT@", port)
	}
	config := filepath.Join(dir, "envoy.yaml")
	write(t, config, strings.NewReplacer(pairs...).Replace(read(t, "e2e/envoy/http-check.yaml")))
	run(t, "127.0.0.1:"+port, filepath.Join(dir, "log"), Envoy(t), "-c", config, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning")
	return "http://127.0.0.1:" + port
}

// read is a file of the checkout.
func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Root(t), filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// program is in a directory that a user's PATH may not have.
func program(t testing.TB, name, directory string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	path := filepath.Join(directory, name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is missing; run `make test`, or `make overlay` first", name)
	}
	return path
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run starts a proxy and waits until it listens. What it logs is in the output of a test that failed.
func run(t testing.TB, listen, log string, command ...string) {
	t.Helper()
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = filepath.Dir(log)
	cmd.Env = append(os.Environ(), "HOME="+cmd.Dir)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		out.Close()
		if text, _ := os.ReadFile(log); t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(command[0]), text)
		}
	})
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", listen); err == nil {
			c.Close()
			return
		}
	}
	t.Fatalf("%s does not listen", command[0])
}
