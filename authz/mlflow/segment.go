package mlflow

import (
	"regexp"
	"slices"
	"strings"
)

// segment is one piece of a row's path: a literal, or a variable with what stands around it in the same segment.
type segment struct {
	before, after string // of a variable: "@" of "@<organization>"; a literal is all in before
	name          string // "" for a literal
	spans         int    // how many segments of a request's path it is; 0 for the rest of the path
}

// parseSegments reads "<name>" as one segment and a last "<path:name>" as the rest. Two kinds of "<path:…>" are narrower than in MLflow,
// whose regular expression gives them as much as it can: "<path:name>" is the two segments of an MCP server's name, which are all that
// MLflow lets anybody register, and what is behind that is one segment. So a path has one reading only.
func parseSegments(path string) []segment {
	named := false
	var all []segment
	for text := range strings.SplitSeq(path, "/") {
		s := parseSegment(text)
		switch {
		case s.name == "name" && s.spans == 0:
			named, s.spans = true, 2
		case named:
			s.spans = 1
		}
		all = append(all, s)
	}
	return all
}

func parseSegment(text string) segment {
	before, rest, variable := strings.Cut(text, "<")
	if !variable {
		return segment{before: text, spans: 1}
	}
	name, after, _ := strings.Cut(rest, ">")
	if name, ok := strings.CutPrefix(name, "path:"); ok {
		return segment{before: before, name: name, after: after}
	}
	return segment{before: before, name: name, after: after, spans: 1}
}

// Expression is a regular expression for the whole path of a request that a row's path takes.
func Expression(path string) string {
	var parts []string
	for _, s := range parseSegments(path) {
		text := regexp.QuoteMeta(s.before)
		switch {
		case s.name != "" && s.spans == 0:
			text += ".+"
		case s.name != "":
			text += "[^/]+" + strings.Repeat("/[^/]+", s.spans-1)
		}
		parts = append(parts, text+regexp.QuoteMeta(s.after))
	}
	return strings.Join(parts, "/")
}

// TakesRest reports whether a row's path ends with a variable for the rest of a request's path.
func TakesRest(path string) bool {
	return slices.ContainsFunc(parseSegments(path), func(s segment) bool { return s.spans == 0 })
}

// cut takes as much of a path as the segment spans. more says that something follows.
func (s segment) cut(path string) (value, rest string, more bool) {
	if s.spans == 0 {
		return path, "", false
	}
	end := -1
	for range s.spans {
		next := strings.IndexByte(path[end+1:], '/')
		if next < 0 {
			return path, "", false
		}
		end += next + 1
	}
	return path[:end], path[end+1:], true
}

// take is the variable's value in as much of a path as it spans.
func (s segment) take(value string) (string, bool) {
	if s.spans > 1 && strings.Count(value, "/") != s.spans-1 {
		return "", false
	}
	value, ok1 := strings.CutPrefix(value, s.before)
	value, ok2 := strings.CutSuffix(value, s.after)
	return value, ok1 && ok2 && value != ""
}

// overlaps reports whether both can be the same piece of a path.
func (s segment) overlaps(other segment) bool {
	if s.name == "" && other.name == "" {
		return s.before == other.before
	}
	if s.name == "" {
		_, ok := other.take(s.before)
		return ok
	}
	if other.name == "" {
		return other.overlaps(s)
	}
	return (strings.HasPrefix(s.before, other.before) || strings.HasPrefix(other.before, s.before)) &&
		(strings.HasSuffix(s.after, other.after) || strings.HasSuffix(other.after, s.after))
}
