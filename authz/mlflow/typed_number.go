package mlflow

import (
	"math"
	"regexp"
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

// numberForm is JSON's grammar, demanded in quotes as well: Python would take spaces, underscores, a plus, "inf", and the digits of other
// scripts there.
var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// digits is an integer as written, "" if it is none.
func digits(value any) string {
	switch v := value.(type) {
	case number:
		whole, float := strings.CutSuffix(string(v), ".0") // proto3 JSON takes 1.0 for 1, by way of a double
		if !float || len(whole) <= exactDigits {
			return whole
		}
	case string:
		if numberForm.MatchString(v) {
			return v
		}
	}
	return ""
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
	if isString(value) && !numberForm.MatchString(s) {
		return false
	}
	f, err := strconv.ParseFloat(s, 64)
	return err == nil && math.Abs(f) <= limit
}
