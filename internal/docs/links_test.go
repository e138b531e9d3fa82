package docs

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"extauthz/internal/testbed"
)

func read(t *testing.T) (root string, pages map[string]Page) {
	t.Helper()
	root = testbed.Root(t)
	all, err := Pages(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, extra := range []string{"CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"} {
		text, err := os.ReadFile(filepath.Join(root, extra))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Parse(extra, string(text)))
	}
	pages = map[string]Page{}
	for _, p := range all {
		pages[p.Path] = p
	}
	return root, pages
}

// TestLinks follows every link that does not leave the checkout, to the heading.
func TestLinks(t *testing.T) {
	root, pages := read(t)
	for _, p := range pages {
		for _, target := range p.Links() {
			if strings.Contains(target, "://") {
				continue
			}
			file, anchor, _ := strings.Cut(target, "#")
			to := path.Join(path.Dir(p.Path), file)
			if file == "" {
				to = p.Path
			}
			if _, err := os.Stat(filepath.Join(root, to)); err != nil {
				t.Errorf("%s links to %s, which is not there", p.Path, target)
			} else if anchor != "" && !slices.Contains(pages[to].Anchors(), anchor) {
				t.Errorf("%s links to %s: there is no such heading", p.Path, target)
			}
		}
	}
}

// TestEveryPageIsFound: from the README, by links.
func TestEveryPageIsFound(t *testing.T) {
	_, pages := read(t)
	found, next := map[string]bool{}, []string{"README.md"}
	for len(next) > 0 {
		p := pages[next[0]]
		next = next[1:]
		if found[p.Path] {
			continue
		}
		found[p.Path] = true
		for _, target := range p.Links() {
			file, _, _ := strings.Cut(target, "#")
			next = append(next, path.Join(path.Dir(p.Path), file))
		}
	}
	for name := range pages {
		if !found[name] {
			t.Errorf("no way leads from the README to %s", name)
		}
	}
}

var pageName = regexp.MustCompile(`docs/[\w/-]+\.md`)

// TestManifestsNamePages: comments in the manifests send readers to pages, too.
func TestManifestsNamePages(t *testing.T) {
	root, pages := read(t)
	named := 0
	err := filepath.WalkDir(filepath.Join(root, "k8s"), func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(file)
		for _, name := range pageName.FindAllString(string(text), -1) {
			named++
			if _, ok := pages[name]; !ok {
				t.Errorf("%s names %s, which is not there", file, name)
			}
		}
		return err
	})
	if err != nil || named == 0 {
		t.Errorf("%d pages are named: %v", named, err)
	}
}

// TestMentionsAreCommands holds what sentences say in passing ("`extauthz check --store`") to the reference, which is held to the commands.
func TestMentionsAreCommands(t *testing.T) {
	_, pages := read(t)
	reference := map[string]string{} // a command's words → its section
	for section := range strings.SplitSeq(pages["docs/reference/commands.md"].Text, "\n## extauthz ") {
		name, text, _ := strings.Cut(section, "\n")
		reference[name] = text
	}
	for _, p := range pages {
		for _, mention := range p.Mentions("extauthz") {
			if wrong := form(mention, reference); wrong != "" {
				t.Errorf("%s: `%s`: %s", p.Path, mention, wrong)
			}
		}
	}
}

// form says what is wrong with a command; "" when nothing is. A group of commands ("extauthz user") is fine.
func form(mention string, reference map[string]string) string {
	words := strings.Fields(mention)[1:]
	name, section := "", ""
	for n := min(2, len(words)); n > 0 && section == ""; n-- {
		name = strings.Join(words[:n], " ")
		section = reference[name]
	}
	if section == "" {
		for known := range reference {
			if strings.HasPrefix(known, words[0]+" ") && len(words) == 1 {
				return ""
			}
		}
		if slices.Contains([]string{"help", "completion", "--help", "--version"}, words[0]) {
			return ""
		}
		return "there is no such command"
	}
	for _, word := range words {
		flag, _, _ := strings.Cut(word, "=")
		if strings.HasPrefix(flag, "--") && flag != "--" && !strings.HasSuffix(flag, "…") && flag != "--help" && !strings.Contains(section, " "+flag+" ") {
			return name + " has no flag " + flag
		}
	}
	return ""
}

// TestCommandsAreInConsoleBlocks: in a block of another kind nobody would run them.
func TestCommandsAreInConsoleBlocks(t *testing.T) {
	_, pages := read(t)
	for _, p := range pages {
		for _, b := range p.Blocks() {
			known := slices.Contains([]string{"", "console", "text", "python", "yaml", "json", "ini", "go"}, b.Language)
			typed := b.Language != "console" && slices.ContainsFunc(b.Lines, func(line string) bool { return strings.HasPrefix(line, "$ ") })
			if !known || typed {
				t.Errorf("%s:%d: a block of commands is a console block; this one is %q", p.Path, b.Line, b.Language)
			}
		}
	}
}

var (
	metricName   = regexp.MustCompile(`\bextauthz_[a-z_]+[a-z]\b`)
	variableName = regexp.MustCompile(`\bEXTAUTHZ_([A-Z0-9_]+[A-Z0-9])\b`)
)

// TestNamesExist looks metrics and variables up where they are made.
func TestNamesExist(t *testing.T) {
	root, pages := read(t)
	var metrics strings.Builder
	for _, pattern := range []string{"internal/metrics/*.go", "internal/app/*.go", "internal/servertls/*.go", "k8s/monitoring/*.yaml"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			metrics.Write(text)
		}
	}
	variables := pages["docs/reference/configuration.md"].Text + "`from_password` `tracking_store_password`" // those of extauthz import
	for _, p := range pages {
		for _, name := range metricName.FindAllString(p.Text, -1) {
			if !strings.Contains(metrics.String(), name) && !strings.Contains(pages["docs/reference/metrics.md"].Text, "## "+name+"\n") {
				t.Errorf("%s names the metric %s, which is not there", p.Path, name)
			}
		}
		for _, found := range variableName.FindAllStringSubmatch(p.Text, -1) {
			if !strings.Contains(variables, "`"+strings.ToLower(found[1])+"`") && !strings.Contains(variables, "`"+found[0]+"`") {
				t.Errorf("%s names the variable %s, which sets nothing", p.Path, found[0])
			}
		}
	}
}
