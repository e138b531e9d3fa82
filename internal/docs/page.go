package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Page is one file of the documentation.
type Page struct {
	Path     string // from the top of the checkout: "docs/tutorial.md"
	Text     string
	Sections []Section
}

// Section is what stands below a heading of the second level, or above the first of them.
type Section struct {
	Title  string
	Blocks []Block
}

// Block is what stands between two lines of backquotes.
type Block struct {
	Language string
	Line     int // of the page, where the block's first line is
	Lines    []string
}

// Pages are README.md and everything below docs.
func Pages(root string) ([]Page, error) {
	paths := []string{"README.md"}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			relative, _ := filepath.Rel(root, path)
			paths = append(paths, filepath.ToSlash(relative))
		}
		return err
	})
	var pages []Page
	for _, path := range paths {
		text, readErr := os.ReadFile(filepath.Join(root, path))
		if err == nil {
			err = readErr
		}
		pages = append(pages, Parse(path, string(text)))
	}
	return pages, err
}

// Parse reads a page.
func Parse(path, text string) Page {
	p := Page{Path: path, Text: text, Sections: []Section{{}}}
	var open *Block
	for i, line := range strings.Split(text, "\n") {
		language, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch last := &p.Sections[len(p.Sections)-1]; {
		case fence && open != nil:
			last.Blocks, open = append(last.Blocks, *open), nil
		case fence:
			open = &Block{Language: language, Line: i + 2}
		case open != nil:
			open.Lines = append(open.Lines, line)
		case strings.HasPrefix(line, "## "):
			p.Sections = append(p.Sections, Section{Title: strings.TrimPrefix(line, "## ")})
		}
	}
	return p
}

// Blocks are those of all sections.
func (p Page) Blocks() (all []Block) {
	for _, s := range p.Sections {
		all = append(all, s.Blocks...)
	}
	return all
}

var (
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noAnchor = regexp.MustCompile(`[^\p{L}\p{N}\-_ ]`)
)

// Anchors are the names by which links reach the page's headings, as GitHub makes them.
func (p Page) Anchors() (names []string) {
	for _, h := range heading.FindAllStringSubmatch(p.outside(), -1) {
		names = append(names, strings.ReplaceAll(noAnchor.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
	}
	return names
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// Links are where the page points to.
func (p Page) Links() (targets []string) {
	for _, l := range link.FindAllStringSubmatch(p.outside(), -1) {
		targets = append(targets, l[1])
	}
	return targets
}

var span = regexp.MustCompile("`([^`\n]+)`")

// Mentions are the spans of code in the page's sentences that begin with a word: "extauthz".
func (p Page) Mentions(word string) (all []string) {
	for _, s := range span.FindAllStringSubmatch(p.outside(), -1) {
		if strings.HasPrefix(s[1], word+" ") && !slices.Contains(all, s[1]) {
			all = append(all, s[1])
		}
	}
	return all
}

// outside is the page without its blocks.
func (p Page) outside() string {
	var text strings.Builder
	fenced := false
	for line := range strings.Lines(p.Text) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		} else if !fenced {
			text.WriteString(line)
		}
	}
	return text.String()
}
