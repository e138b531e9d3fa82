package docs

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"extauthz/internal/testbed"
)

// stories are read from their beginning to their end, in one shell, before there is anything else in the stack. Of all other pages each section
// is a shell of its own, whose reader is an admin.
var stories = []string{"docs/tutorial.md", "README.md"}

// TestPages does what the pages say, in one real stack for all of them. After each page the accounts are as they were.
func TestPages(t *testing.T) {
	pages, err := Pages(testbed.Root(t))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(pages, func(a, b Page) int { return order(a) - order(b) })
	w := newWorld(t)
	for _, p := range pages {
		if !slices.ContainsFunc(p.Blocks(), func(b Block) bool { return b.Language == "console" || b.Language == "python" }) {
			continue
		}
		t.Run(p.Path, func(t *testing.T) {
			dir := w.desk(t)
			w.names = w.places(dir)
			for _, s := range p.shells() {
				w.act(t, p, s, dir)
			}
			w.reset(t)
		})
	}
}

func order(p Page) int {
	if at := slices.Index(stories, p.Path); at >= 0 {
		return at
	}
	return len(stories)
}

func (p Page) shells() []Section {
	if slices.Contains(stories, p.Path) {
		return []Section{{Blocks: p.Blocks()}}
	}
	return p.Sections
}

// world is where the pages' readers are: a stack, and what is on their PATH.
type world struct {
	*testbed.Stack
	bin, initial string
	python       string            // the socket of a Python
	names        *strings.Replacer // of the page at hand
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	secret := filepath.Join(dir, "access-key-secret")
	testbed.Write(t, secret, "a secret of more than 32 bytes that seals access keys\n")
	socket := filepath.Join(dir, "python")
	loadPython(t, socket)
	s := testbed.Start(t, testbed.Options{Env: []string{"EXTAUTHZ_ACCESS_KEY_SECRET_FILE=" + secret, "EXTAUTHZ_TOKEN_HEADER=X-Api-Key"}})
	w := &world{Stack: s, bin: filepath.Join(dir, "bin"), initial: filepath.Join(dir, "initial.yaml"), python: socket}
	if err := os.Mkdir(w.bin, 0o700); err != nil {
		t.Fatal(err)
	}
	install(t, w.bin)
	if err := wellAt("http://" + s.Diagnostics); err != nil {
		t.Fatal(err)
	}
	w.reset(t)
	return w
}

// places are what pages call the stack's addresses and files, and the directories of a machine.
func (w *world) places(dir string) *strings.Replacer {
	return strings.NewReplacer(
		"https://mlflow.example.com", w.URL, "http://127.0.0.1:5000", w.URL, "http://127.0.0.1:9090", "http://"+w.Diagnostics,
		"/var/lib/extauthz/extauthz.db", filepath.Join(w.DataDir, "store", "extauthz.db"), "/etc/extauthz/", dir+"/", "/etc/envoy/", dir+"/",
	)
}

// desk is a reader's directory: a home, and as much of a checkout and of an old MLflow as commands read.
func (w *world) desk(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "k8s"), os.DirFS(filepath.Join(testbed.Root(t), "k8s"))); err != nil {
		t.Fatal(err)
	}
	testbed.Write(t, filepath.Join(dir, "var", "stack", "admin-password"), w.AdminPassword+"\n")
	database, err := os.ReadFile(filepath.Join(testbed.Root(t), "internal", "migrate", "testdata", recorded+".db"))
	if err != nil {
		t.Fatal(err)
	}
	testbed.Write(t, filepath.Join(dir, "basic_auth.db"), string(database))
	return dir
}

// reset makes the accounts what they were when it was called first.
func (w *world) reset(t *testing.T) {
	t.Helper()
	args := []string{"apply", w.initial, "--prune", "--yes"}
	if _, err := os.Stat(w.initial); err != nil {
		args = []string{"export", w.initial}
	}
	cmd := exec.Command(filepath.Join(testbed.Root(t), "bin", "extauthz"), args...)
	cmd.Env = append(w.environment(t, t.TempDir()), testbed.As(w.AdminUsername, w.AdminPassword)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("extauthz %s: %v\n%s", args[0], err, out)
	}
}

func (w *world) environment(t *testing.T, dir string) []string {
	t.Helper()
	root := testbed.Root(t)
	return []string{
		"PATH=" + w.bin + ":" + filepath.Join(root, "var", "venv", "bin") + ":" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8",
		"MLFLOW_TRACKING_URI=" + w.URL, "MLFLOW_DISABLE_TELEMETRY=true", "GIT_PYTHON_REFRESH=quiet", "PYTHONWARNINGS=ignore", testbed.SignerPath(t),
		"AWS_EC2_METADATA_DISABLED=true", "MLFLOW_HTTP_REQUEST_MAX_RETRIES=2", "MLFLOW_ENABLE_ASYNC_LOGGING=false",
		"DOCS_ROOT=" + root, "DOCS_EXTAUTHZ=" + filepath.Join(root, "bin", "extauthz"), "DOCS_ENVOY=" + testbed.Envoy(t), "DOCS_PYTHON_SOCKET=" + w.python,
		"DOCS_DATA=" + w.DataDir, "DOCS_DIAGNOSTICS=http://" + w.Diagnostics,
	}
}

// act runs one shell's blocks.
func (w *world) act(t *testing.T, p Page, s Section, dir string) {
	t.Helper()
	var commands []Command
	for i, b := range s.Blocks {
		var behind *Block
		if i+1 < len(s.Blocks) {
			behind = &s.Blocks[i+1]
		}
		commands = append(commands, w.steps(t, p, b, behind, dir)...)
	}
	if len(commands) == 0 {
		return
	}
	env := w.environment(t, dir)
	if !slices.Contains(stories, p.Path) {
		env = append(env, testbed.As(w.AdminUsername, w.AdminPassword)...)
	}
	for _, r := range shell(t, dir, env, commands) {
		if err := r.wrong(); err != "" {
			t.Errorf("%s:%d: %s\n$ %s\n%s", p.Path, r.Line, err, r.Text, r.printed)
		}
	}
}

var fileName = regexp.MustCompile(`^# ([\w.-]+\.(?:ya?ml|json|ini|py))$`)

// steps are a block's commands: what a reader types, runs as a script, or writes to a file.
func (w *world) steps(t *testing.T, p Page, b Block, behind *Block, dir string) (commands []Command) {
	t.Helper()
	switch b.Language {
	case "console":
		for _, c := range b.Commands() {
			if !slices.Contains(runs, c.Program()) && standIns[c.Program()].call == nil {
				t.Errorf("%s:%d: nobody has said how %q is tested; see standins_test.go", p.Path, c.Line, c.Program())
				continue
			}
			c.Text = w.names.Replace(c.Text)
			for i, line := range c.Want {
				c.Want[i] = w.names.Replace(line)
			}
			commands = append(commands, c)
		}
	case "python":
		name := fmt.Sprintf("script-%d.py", b.Line)
		testbed.Write(t, filepath.Join(dir, name), w.names.Replace(strings.Join(b.Lines, "\n")+"\n"))
		c := Command{Line: b.Line, Text: "python " + name}
		if behind != nil && behind.Language == "text" {
			c.Text += " 2>/dev/null" // where MLflow logs
			c.Want = behind.Lines
		}
		commands = append(commands, c)
	case "yaml", "json", "ini":
		if named := fileName.FindStringSubmatch(b.Lines[0]); named != nil {
			text := w.names.Replace(strings.Join(b.Lines, "\n") + "\n")
			commands = append(commands, Command{Line: b.Line, Text: fmt.Sprintf("cat > %s <<'END-OF-THE-BLOCK'\n%sEND-OF-THE-BLOCK", named[1], text)})
			if named[1] == "extauthz.yaml" {
				commands = append(commands, Command{Line: b.Line, Text: validated})
			}
		}
	}
	return commands
}

// validated checks a file of settings. Files that are a cluster's, or a machine's, are not there.
const validated = `(set +o pipefail; ! extauthz config validate --config extauthz.yaml 2>&1 | grep -v -e 'the configuration is valid' -e 'no such file or directory')`

// result is what became of a command.
type result struct {
	Command
	printed string
	code    string
}

func (r result) wrong() string {
	failed := slices.ContainsFunc(r.Want, func(line string) bool { return strings.HasPrefix(line, "extauthz: ") })
	switch {
	case r.code == "":
		return "the shell has not come this far"
	case r.code != "0" && !failed:
		return "it ended with " + r.code
	case r.code == "0" && failed:
		return "it should fail"
	case len(r.Want) > 0 && strings.TrimSpace(r.printed) != unsaid && !Matches(r.Want, r.printed):
		return "it printed something else than the page says:\n" + strings.Join(r.Want, "\n") + "\n"
	default:
		return ""
	}
}

// shell runs commands one after the other, in one shell.
func shell(t *testing.T, dir string, env []string, commands []Command) []result {
	t.Helper()
	const mark = "\x1e" // between commands, and before the exit code
	script := strings.Builder{}
	script.WriteString("set -o pipefail\n")
	for _, c := range commands {
		fmt.Fprintf(&script, "{\n%s\n} 2>&1\nprintf '%s%%s%s' $?\n", c.Text, mark, mark)
	}
	path := filepath.Join(dir, ".commands")
	testbed.Write(t, path, script.String())
	cmd := exec.Command("bash", path)
	var out bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &out, &out
	_ = cmd.Run() // the codes of the commands count
	parts := strings.Split(out.String(), mark)
	results := make([]result, len(commands))
	for i, c := range commands {
		results[i].Command = c
		if 2*i+1 < len(parts) {
			results[i].printed, results[i].code = parts[2*i], parts[2*i+1]
		}
	}
	return results
}
