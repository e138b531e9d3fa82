package jwt

import (
	"errors"
	"strings"
)

// claim is the place of a value in a token: a name ("email", "https://example.com/groups"), or a JSON pointer (RFC 6901) when it begins
// with a slash ("/realm_access/roles").
type claim []string

func parseClaim(text string) (claim, error) {
	pointer, isPointer := strings.CutPrefix(text, "/")
	if !isPointer {
		if text == "" {
			return nil, errors.New("a claim needs a name")
		}
		return claim{text}, nil
	}
	var c claim
	for segment := range strings.SplitSeq(pointer, "/") {
		c = append(c, strings.NewReplacer("~1", "/", "~0", "~").Replace(segment))
	}
	return c, nil
}

// of returns the value, nil when there is none.
func (c claim) of(from claims) any {
	var value any = map[string]any(from)
	for _, name := range c {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[name]
	}
	return value
}

// texts returns the value as a list of texts. One text is a list of one; whatever else a list has is left out.
func (c claim) texts(from claims) []string {
	switch value := c.of(from).(type) {
	case string:
		return []string{value}
	case []any:
		var out []string
		for _, v := range value {
			if text, ok := v.(string); ok {
				out = append(out, text)
			}
		}
		return out
	default:
		return nil
	}
}
