package docs

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommands(t *testing.T) {
	b := Block{Line: 10, Lines: []string{
		"$ one", "printed", "$ two \\", "    --more \\", "    --most", "$ cat > file <<'END'", "$ not a command", "END", "done", "", "$ A=1 B=\"x y\" three | four", "$ A=1",
	}}
	want := []Command{
		{Line: 10, Text: "one", Want: []string{"printed"}},
		{Line: 12, Text: "two \\\n    --more \\\n    --most"},
		{Line: 15, Text: "cat > file <<'END'\n$ not a command\nEND", Want: []string{"done"}},
		{Line: 20, Text: "A=1 B=\"x y\" three | four"},
		{Line: 21, Text: "A=1"},
	}
	got := b.Commands()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	var programs []string
	for _, c := range got {
		programs = append(programs, c.Program())
	}
	if diff := cmp.Diff([]string{"one", "two", "cat", "three", "="}, programs); diff != "" {
		t.Error(diff)
	}
}

func TestMatches(t *testing.T) {
	for _, tc := range []struct {
		want []string
		got  string
		ok   bool
	}{
		{[]string{"a  b", "c …"}, "a b\nc 2026\n", true},
		{[]string{"a", "…", "z"}, "a\nb\nc\nz\n", true},
		{[]string{"a", "…", "z"}, "a\nz", true},
		{[]string{"…"}, "", true},
		{[]string{"a"}, "a\nb\n", false},
		{[]string{"a", "b"}, "a\n", false},
		{[]string{"a.c"}, "abc\n", false},
		{[]string{"a … c"}, "a b\nc\n", false},
	} {
		if Matches(tc.want, tc.got) != tc.ok {
			t.Errorf("%q matches %q: want %t", tc.got, tc.want, tc.ok)
		}
	}
}

func TestParse(t *testing.T) {
	p := Parse("p.md", "# P\n\n[x](y.md#z) `extauthz up --now`\n```console\n$ a\n## not a heading\n```\n## The `two` parts\n```yaml\n# e.yaml\n```\n")
	if len(p.Sections) != 2 || p.Sections[0].Blocks[0].Line != 5 || p.Sections[1].Blocks[0].Lines[0] != "# e.yaml" {
		t.Fatalf("%+v", p.Sections)
	}
	if diff := cmp.Diff([]string{"p", "the-two-parts"}, p.Anchors()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"y.md#z"}, p.Links()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"extauthz up --now"}, p.Mentions("extauthz")); diff != "" {
		t.Error(diff)
	}
}
