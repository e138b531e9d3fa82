package mlflow

import (
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The forms that Python's protobuf prints, and RFC 3339's offsets; it reads more (one-digit months, offsets of 99 hours).
var (
	timestampForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$`)
	durationForm  = regexp.MustCompile(`^(-?(?:0|[1-9]\d{0,11}))(\.\d{1,9})?s$`)
	fieldMaskForm = regexp.MustCompile(`^([a-z][A-Za-z0-9]*([.,][a-z][A-Za-z0-9]*)*)?$`)
	base64Form    = regexp.MustCompile(`^([A-Za-z0-9+/]*|[A-Za-z0-9_-]*)(={0,2})$`)
)

var earliest, latest = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 1e9-1, time.UTC)

// validTimestamp: both the local and the universal time lie in the years 1 to 9999.
func validTimestamp(value any) bool {
	s, _ := value.(string)
	if !timestampForm.MatchString(s) || strings.HasPrefix(s, "0000") {
		return false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return err == nil && !t.Before(earliest) && !t.After(latest)
}

// maxDuration is 10,000 years in seconds.
const maxDuration = 315_576_000_000

func validDuration(value any) bool {
	s, _ := value.(string)
	parts := durationForm.FindStringSubmatch(s)
	if parts == nil {
		return false
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	return err == nil && -maxDuration <= seconds && seconds <= maxDuration
}

func validFieldMask(value any) bool {
	s, ok := value.(string)
	return ok && fieldMaskForm.MatchString(s)
}

// validBytes is base64 in one of its two alphabets, padded in full or not at all. Python drops every other character.
func validBytes(value any) bool {
	s, ok := value.(string)
	parts := base64Form.FindStringSubmatch(s)
	if !ok || parts == nil || parts[2] != "" && len(s)%4 != 0 {
		return false
	}
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(parts[1])
	_, err := base64.RawStdEncoding.Strict().DecodeString(standard)
	return err == nil
}

// maxNesting is how many objects and lists a google.protobuf.Value may hold within each other. Newer protobufs count each as two of the
// hundred messages that may be nested.
const maxNesting = 32

func validJSON(value any) bool { return shallow(value, maxNesting) }

func shallow(value any, left int) bool {
	switch v := value.(type) {
	case map[string]any:
		for _, element := range v {
			if !shallow(element, left-1) {
				return false
			}
		}
		return left > 0
	case []any:
		for _, element := range v {
			if !shallow(element, left-1) {
				return false
			}
		}
		return left > 0
	default:
		return true
	}
}
