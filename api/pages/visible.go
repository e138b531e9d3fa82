package pages

import (
	"fmt"
	"strings"
	"unicode"
)

// visible shows the characters that have no looks of their own, as "[U+202E]". Some turn or hide the text around them: the name of a model
// could otherwise have the audit trail say that somebody else has made it.
func visible(text string) string {
	if strings.IndexFunc(text, hidden) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if hidden(r) {
			fmt.Fprintf(&b, "[U+%04X]", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hidden knows controls, formats (bidirectional and zero-width ones among them), line separators, and spaces that look like others.
func hidden(r rune) bool {
	return r != ' ' && (unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Zs, unicode.Co) || r == '\u115f' || r == '\u3164' || r == unicode.ReplacementChar)
}
