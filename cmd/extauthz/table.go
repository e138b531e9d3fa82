package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// table is rows for people. Without a head it is a list of names and values.
type table struct {
	head []string
	rows [][]string
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// gap is between two columns, widest what a cell may widen its column to: one that is longer moves the rest of its own row only.
const gap, widest = 2, 96

// write aligns the columns with spaces, on a terminal and in a pipe alike.
func (t table) write(w io.Writer) error {
	rows := t.rows
	if len(t.head) > 0 {
		rows = slices.Concat([][]string{t.head}, rows)
	}
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if n := utf8.RuneCountInString(cell); n <= widest {
				widths[i] = max(widths[i], n)
			}
		}
	}
	var text strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			fmt.Fprintf(&line, "%-*s%*s", widths[i], printable(cell), gap, "")
		}
		fmt.Fprintln(&text, strings.TrimRight(line.String(), " "))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// printable shows what would move the cursor, or hide text, as a question mark: names come from other people.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}

// printableLines is printable for a text of several lines, which may be indented.
func printableLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		rest := strings.TrimLeft(line, "\t")
		lines[i] = line[:len(line)-len(rest)] + printable(rest)
	}
	return strings.Join(lines, "\n")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// moment is a time as people read it; never is the word for none.
func moment(t *time.Time, never string) string {
	if t == nil || t.IsZero() {
		return never
	}
	return t.Local().Format("2006-01-02 15:04")
}
