package mlflow

import (
	"math"
	"strconv"
	"strings"
)

// text is a string or number as written; anything else is "".
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case number:
		return string(v)
	default:
		return ""
	}
}

// exactDigits is how many decimal digits a double holds exactly.
const exactDigits = 15

// digits is an integer as written, "" if it is none. Python's int() would also take spaces, underscores, a plus and the digits of other
// scripts.
func digits(value any) string {
	s := text(value)
	if _, isNumber := value.(number); isNumber {
		whole, float := strings.CutSuffix(s, ".0") // proto3 JSON takes 1.0 for 1, by way of a double
		if float && len(whole) > exactDigits {
			return ""
		}
		s = whole
	}
	if strings.HasPrefix(s, "+") || strings.Contains(s, "_") {
		return ""
	}
	return s
}

func validInt(bits int, value any) bool {
	_, err := strconv.ParseInt(digits(value), 10, bits)
	return err == nil
}

func validUint(bits int, value any) bool {
	_, err := strconv.ParseUint(digits(value), 10, bits)
	return err == nil
}

// validFloat takes numbers and strings of numbers up to limit, and the three names in quotes. A larger one is an error as a number and
// infinity as a string.
func validFloat(limit float64, value any) bool {
	s := text(value)
	if s == "NaN" || s == "Infinity" || s == "-Infinity" {
		return isString(value)
	}
	f, err := strconv.ParseFloat(s, 64)
	return err == nil && math.Abs(f) <= limit && !strings.ContainsAny(s, "_xX")
}
