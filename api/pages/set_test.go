package pages

import (
	"bytes"
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// TestVisible: text cannot turn what stands beside it, nor look like another one; other scripts stay what they are.
func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"alice": "alice", "שלום": "שלום", "données ü": "données ü", "🜂": "🜂",
		"model \u202egnirts": "model [U+202E]gnirts", "ali\u200bce": "ali[U+200B]ce", "a\u00a0b": "a[U+00A0]b", "a\x00b\n": "a[U+0000]b[U+000A]",
		"\u2066x\u2069": "[U+2066]x[U+2069]", "a\u2028b": "a[U+2028]b", "\xff": "[U+FFFD]",
	} {
		if got := visible(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestPagesNeedNoScript: only MLflow's alert is one, and it has a nonce; nothing is styled or handled inside the markup.
func TestPagesNeedNoScript(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script(?: nonce="\{\{\.Nonce\}\}")?`)
	names, err := fs.Glob(files, "*.html")
	if err != nil || len(names) < 5 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range inline.FindAllString(string(text), -1) {
			if name != "signedup.html" || found != `<script nonce="{{.Nonce}}"` {
				t.Errorf("%s has %q", name, found)
			}
		}
	}
}

// TestNamesAreIsolated: what users have named stands in a <bdi>, in an attribute, or in a script as a literal, and nowhere else.
func TestNamesAreIsolated(t *testing.T) {
	named := regexp.MustCompile(`(.{0,30})\{\{(?:visible )?(?:\$?\.?\w*\.)*(Username|Name|Of|ID|Workspace|Description|Target|Actor|Why|Before|After|RequestID|Resource)\}\}`)
	names, _ := fs.Glob(files, "*.html")
	for _, name := range names {
		text, _ := files.ReadFile(name)
		for _, found := range named.FindAllStringSubmatch(string(text), -1) {
			if before := found[1]; !strings.HasSuffix(before, "<bdi>") && !strings.Contains(before, `="`) && !strings.HasSuffix(before, "?username=") && name != "signedup.html" {
				t.Errorf("%s: %q", name, found[0])
			}
		}
	}
}

// TestRenderRefusesWhatItDoesNotKnow rather than showing half of it.
func TestRenderRefusesWhatItDoesNotKnow(t *testing.T) {
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Page{{Name: "nowhere"}, {Name: "layout"}, {Name: "part-credentials"}, {Name: "start", View: Audit{}}} {
		if err := s.Render(&bytes.Buffer{}, p); err == nil {
			t.Errorf("%s with %T is shown", p.Name, p.View)
		}
	}
	var b bytes.Buffer
	if err := s.Render(&b, Page{Name: "refusal", View: Refusal{Status: 404, Text: "<i>"}}); err != nil || !strings.Contains(b.String(), "&lt;i&gt;") {
		t.Errorf("%v %s", err, b.String())
	}
}
