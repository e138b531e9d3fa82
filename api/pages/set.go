package pages

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"path"
	"strings"
	"time"
)

//go:embed *.html style.css
var files embed.FS

// Set is all templates, parsed. Make it with New.
type Set struct {
	byName map[string]*template.Template
	style  []byte
}

// Page is one page of somebody.
type Page struct {
	Name     string // of the template: "tokens"
	Prefix   string // MLflow's --static-prefix, in front of every link
	Username string // who looks at it; "" for nobody known
	Admin    bool
	// AccessKeys says that there are any here.
	AccessKeys bool
	Token      string // of the page's forms
	Nonce      string // of the page's scripts
	View       any
}

// New parses the templates.
func New() (*Set, error) {
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	layout, err := template.New("layout.html").Funcs(functions()).ParseFS(files, "layout.html", "part-*.html")
	if err != nil {
		return nil, err
	}
	names, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	s := &Set{byName: map[string]*template.Template{}, style: style}
	for _, file := range names {
		name, isPage := strings.CutSuffix(path.Base(file.Name()), ".html")
		if !isPage || name == "layout" || strings.HasPrefix(name, "part-") {
			continue
		}
		if s.byName[name], err = beside(layout, file.Name()); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// beside is the layout with the page in that file.
func beside(layout *template.Template, file string) (*template.Template, error) {
	t, err := layout.Clone()
	if err != nil {
		return nil, err
	}
	return t.ParseFS(files, file)
}

// Render writes the page. It fails on a name that no template has, and on a view that is not the template's.
func (s *Set) Render(w io.Writer, p Page) error {
	t, ok := s.byName[p.Name]
	if !ok {
		return fmt.Errorf("there is no page %q", p.Name)
	}
	return t.ExecuteTemplate(w, "layout.html", p)
}

// Style is the stylesheet and a tag that changes with it.
func (s *Set) Style() (content []byte, tag string) {
	sum := sha256.Sum256(s.style)
	return s.style, `"` + hex.EncodeToString(sum[:8]) + `"`
}

func functions() template.FuncMap {
	return template.FuncMap{
		"number":  func(index int) int { return index + 1 },
		"script":  script,
		"visible": visible,
		"machine": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"second":  func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
		"people":  func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
	}
}

// script is a text as a JavaScript literal, which can end neither itself nor the script. html/template's own escapes slashes as well, which
// whoever looks for MLflow's answer in the text would not find.
func script(text string) (template.JS, error) {
	literal, err := json.Marshal(text)
	return template.JS(literal), err
}
