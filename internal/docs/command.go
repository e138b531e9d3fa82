package docs

import (
	"regexp"
	"strings"
)

// Command is what a reader types, and what is printed then.
type Command struct {
	Line int // of the page
	Text string
	Want []string // nothing: whatever it prints
}

// Commands reads a console block. A command goes on behind a backslash, and to the end of a here-document.
func (b Block) Commands() (all []Command) {
	open, end := false, "" // the command goes on, until that line if there is one
	for i, line := range b.Lines {
		text, typed := strings.CutPrefix(line, "$ ")
		last := len(all) - 1
		switch {
		case open:
			all[last].Text += "\n" + line
			if end == "" || strings.TrimSpace(line) == end {
				open, end = continues(line, end)
			}
		case typed:
			all = append(all, Command{Line: b.Line + i, Text: text})
			open, end = continues(text, "")
		case last >= 0:
			all[last].Want = append(all[last].Want, line)
		}
	}
	for i, c := range all {
		for len(c.Want) > 0 && c.Want[len(c.Want)-1] == "" { // what keeps commands apart is not printed
			c.Want = c.Want[:len(c.Want)-1]
		}
		all[i] = c
	}
	return all
}

var hereDocument = regexp.MustCompile(`<<-?'?(\w+)'?`)

// continues says whether the command goes on behind a line, and which line it ends with; the one that it has just ended with is no beginning.
func continues(line, ended string) (open bool, end string) {
	if found := hereDocument.FindStringSubmatch(line); found != nil && ended == "" {
		return true, found[1]
	}
	return ended == "" && strings.HasSuffix(line, `\`), ""
}

var program = regexp.MustCompile(`^(?:\w+=(?:"[^"]*"|'[^']*'|\\.|[^\s"'])*\s+)*([^\s=]+=?)`)

// Program is the name of what is run, behind variables that are set for it. Setting variables alone is "=".
func (c Command) Program() string {
	found := program.FindStringSubmatch(c.Text)
	if found == nil || strings.HasSuffix(found[1], "=") {
		return "="
	}
	return found[1]
}

var spaces = regexp.MustCompile(`[ \t]+`)

// Matches compares what was printed with what the page shows, as a reader would: … is anything, on a line of its own any number of lines, and how
// many spaces there are is not looked at.
func Matches(want []string, got string) bool {
	pattern := `(?s)\A`
	for _, line := range want {
		line = tidy(line)
		if line == "…" {
			pattern += `(?:[^\n]*\n)*?`
			continue
		}
		pattern += strings.ReplaceAll(regexp.QuoteMeta(line), "…", `[^\n]*`) + `\n`
	}
	var printed strings.Builder
	for line := range strings.Lines(strings.TrimRight(got, "\n")) {
		printed.WriteString(tidy(line) + "\n")
	}
	return regexp.MustCompile(pattern + `\z`).MatchString(printed.String())
}

func tidy(line string) string { return strings.TrimSpace(spaces.ReplaceAllString(line, " ")) }
