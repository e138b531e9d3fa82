package docs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// runs are the programs that pages run as they are on the machine. Setting a variable is "=".
var runs = []string{"=", "curl", "openssl", "git", "cat", "printf", "sed", "head", "grep", "diff", "mkdir", "export", "unset", "set", "umask", "."}

// standIn takes the place of a program that cannot run here as it is, and fails on a call that could not work.
type standIn struct {
	why  string
	call func(args []string) error
}

// standIns are found before the programs themselves: a page's PATH begins with links of those names to this test.
var standIns = map[string]standIn{
	"make":            {"would build, and start a stack beside the test's", makeTargets},
	"pip":             {"the test has the packages already", pip},
	"kubectl":         {"there is no cluster; the files that it reads are there, and k8s/validate.sh checks what is in them", kubectl},
	"istioctl":        {"as kubectl", filesAreThere},
	"helm":            {"as kubectl", filesAreThere},
	"envoy":           {"would serve for ever; it only validates its configuration", envoy},
	"extauthz":        {"serve would serve for ever; it only validates its configuration. Everything else runs", extauthz},
	"python":          {"runs, in a fork of one that has MLflow loaded: loading it takes seconds each time", python},
	"mlflow":          {"is in the stack already; only its options are looked at", mlflowServer},
	"extauthz-import": {"is a module of its own, with three databases' drivers and their own tests; it prints what was recorded", importer},
	"systemctl":       {"there is no systemd; the service of the test's stack stops, starts and reads its files again", systemctl},
}

func TestMain(m *testing.M) {
	s, ok := standIns[filepath.Base(os.Args[0])]
	if !ok {
		os.Exit(m.Run())
	}
	if err := s.call(os.Args[1:]); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			os.Exit(exit.ExitCode())
		}
		fmt.Fprintln(os.Stderr, "stand-in:", err)
		os.Exit(1)
	}
}

// unsaid is what a stand-in prints for what it cannot say; it matches whatever the page shows.
const unsaid = "(not run here)"

func makeTargets(args []string) error {
	text, err := os.ReadFile(filepath.Join(os.Getenv("DOCS_ROOT"), "Makefile"))
	if err != nil {
		return err
	}
	for _, target := range args {
		if !strings.Contains(target, "=") && !strings.Contains(string(text), "\n"+target+":") {
			return fmt.Errorf("the Makefile has no target %s", target)
		}
	}
	fmt.Println(unsaid)
	return nil
}

func pip(args []string) error {
	if len(args) < 2 || args[0] != "install" {
		return fmt.Errorf("pip %q", args)
	}
	return nil
}

// mlflowServer looks the options up in MLflow's source: its help takes seconds.
func mlflowServer(args []string) error {
	sources, err := filepath.Glob(filepath.Join(os.Getenv("DOCS_ROOT"), "var", "venv", "lib", "python3*", "site-packages", "mlflow", "utils", "cli_args.py"))
	if err != nil || len(sources) != 1 || len(args) == 0 || args[0] != "server" {
		return fmt.Errorf("mlflow %q: %v %v", args, sources, err)
	}
	known, err := os.ReadFile(sources[0])
	for _, arg := range args {
		if strings.HasPrefix(arg, "--") && !strings.Contains(string(known), `"`+arg+`"`) {
			return fmt.Errorf("mlflow server has no option %s", arg)
		}
	}
	return err
}

// recorded is the MLflow whose database the pages import.
const recorded = "3.8.1"

// importer is cmd/extauthz-import with that database. Where the program itself has been built beside extauthz, that runs.
func importer([]string) error {
	var request struct{ URL string }
	if err := json.NewDecoder(os.Stdin).Decode(&request); err != nil {
		return err
	}
	if !regexp.MustCompile(`^(sqlite:///|(postgresql|mysql)://)`).MatchString(request.URL) {
		return fmt.Errorf("not the URL of a database: %s", request.URL)
	}
	text, err := os.ReadFile(filepath.Join(os.Getenv("DOCS_ROOT"), "internal", "migrate", "testdata", recorded+".dump.json"))
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

// kubectl knows the verbs that the pages use. What runs in a pod is a command of ours, whose words are checked.
func kubectl(args []string) error {
	for len(args) > 1 && args[0] == "-n" {
		args = args[2:]
	}
	verbs := []string{"apply", "create", "delete", "diff", "exec", "get", "label", "logs", "port-forward", "rollout", "scale", "set", "cp", "kustomize"}
	if len(args) < 2 || !slices.Contains(verbs, args[0]) {
		return fmt.Errorf("kubectl %q is not known here", args)
	}
	if at := slices.Index(args, "--"); args[0] == "exec" {
		if at < 0 || at+1 >= len(args) || !strings.HasSuffix(args[at+1], "extauthz") {
			return fmt.Errorf("kubectl %q: only extauthz is in the image", args)
		}
		return formOfExtauthz(args[at+2:])
	}
	return filesAreThere(args)
}

var fileFlag = regexp.MustCompile(`^--from-(?:env-)?file=(?:[^=]+=)?(.+)$`)

// filesAreThere looks for what -f, -k, --filename, --kustomize, --values and --from-file name.
func filesAreThere(args []string) error {
	for i, arg := range args {
		path := ""
		switch found := fileFlag.FindStringSubmatch(arg); {
		case found != nil:
			path = found[1]
		case slices.Contains([]string{"-f", "-k", "--values", "kustomize"}, arg) && i+1 < len(args):
			path = args[i+1]
		}
		if path == "" || path == "-" || strings.HasPrefix(path, "https://") {
			continue
		}
		if arg == "-k" || arg == "kustomize" {
			path = filepath.Join(path, "kustomization.yaml")
		}
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	return nil
}

// formOfExtauthz parses a command's flags and carries nothing out.
func formOfExtauthz(args []string) error {
	text, err := exec.Command(os.Getenv("DOCS_EXTAUTHZ"), append(args, "--help")...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("extauthz %q: %s", args, text)
	}
	return nil
}

func extauthz(args []string) error {
	if len(args) > 0 && args[0] == "serve" {
		args = append([]string{"config", "validate"}, args[1:]...)
	}
	return forward("DOCS_EXTAUTHZ", args)
}

// envoy validates; it is told to be quiet about it.
func envoy(args []string) error {
	if slices.Contains(args, "--version") {
		return forward("DOCS_ENVOY", args)
	}
	return forward("DOCS_ENVOY", append(args, "--mode", "validate", "--log-level", "critical"))
}

func forward(variable string, args []string) error {
	cmd := exec.Command(os.Getenv(variable), args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

func systemctl(args []string) error {
	if len(args) != 2 || args[1] != "extauthz" {
		return fmt.Errorf("systemctl %q", args)
	}
	switch args[0] {
	case "stop":
		return stopService()
	case "start":
		return startService()
	case "restart":
		return errors.Join(stopService(), startService())
	case "reload":
		return signal("extauthz", syscall.SIGHUP)
	default:
		return fmt.Errorf("systemctl %s", args[0])
	}
}

func stopService() error {
	if err := signal("extauthz", syscall.SIGTERM); err != nil {
		return err
	}
	return wait("the service to end", func() bool { return signal("extauthz", 0) != nil })
}

func startService() error {
	if err := signal("start", syscall.SIGUSR1); err != nil { // e2e/start.sh starts what is dead
		return err
	}
	return wellAt(os.Getenv("DOCS_DIAGNOSTICS"))
}

// wellAt waits until every part of a service is well, MLflow as well.
func wellAt(diagnostics string) error {
	return wait("the service to be well", func() bool {
		response, err := http.Get(diagnostics + "/readyz")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		return err == nil && strings.Contains(string(text), `"status":"ok"`)
	})
}

func signal(part string, s syscall.Signal) error {
	text, err := os.ReadFile(filepath.Join(os.Getenv("DOCS_DATA"), "run", part+".pid"))
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	return syscall.Kill(pid, s)
}

func wait(what string, happened func() bool) error {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if happened() {
			return nil
		}
	}
	return fmt.Errorf("a minute was not enough for %s", what)
}

// install links the stand-ins into a directory.
func install(t *testing.T, dir string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name := range standIns {
		if err := os.Symlink(self, filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrExist) {
			t.Fatal(err)
		}
	}
}
