package main

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// of brings the forms in which three drivers give a value to one. Errors do not quote the value, which may be a password hash.
func (k kind) of(v any) (any, error) {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	if v == nil {
		return nil, nil //nolint:nilnil // NULL
	}
	switch k {
	case text:
		return asText(v)
	case number:
		return asNumber(v)
	case boolean:
		n, err := asNumber(v)
		return n != 0, err
	default:
		return nil, errors.New("a column without a kind")
	}
}

func asText(v any) (string, error) {
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			return "", errors.New("not UTF-8 text")
		}
		return v, nil
	case int64: // SQLite stores in a column what it is given, whatever the column was declared as; PostgreSQL's experiment ids are numbers
		return strconv.FormatInt(v, 10), nil
	case int32:
		return strconv.FormatInt(int64(v), 10), nil
	default:
		return "", fmt.Errorf("text was expected, and this is a %T", v)
	}
}

func asNumber(v any) (int64, error) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case int64:
		return v, nil
	case int32:
		return int64(v), nil
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return 0, errors.New("a number was expected")
		}
		return n, nil
	default:
		return 0, fmt.Errorf("a number was expected, and this is a %T", v)
	}
}
