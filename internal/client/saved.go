package client

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Saved is ~/.mlflow/credentials, an INI file that MLflow's client reads with Python's configparser:
//
//	[mlflow]
//	mlflow_tracking_username = alice
//	mlflow_tracking_password = …
//
// Only these two settings are read and written; every other line stays as it is, byte for byte.
type Saved struct{ Path string }

// Login is a username and a password, or a token in the password's place.
type Login struct{ Username, Password string }

const (
	section     = "mlflow"
	usernameKey = "mlflow_tracking_username"
	passwordKey = "mlflow_tracking_password"
)

// Read returns the zero Login when there is no file, or nothing in it.
func (s Saved) Read() (Login, error) {
	lines, err := s.lines()
	if err != nil {
		return Login{}, err
	}
	return Login{value(lines, usernameKey), value(lines, passwordKey)}, nil
}

// Write saves the login with mode 0600. The new file takes the old one's place at once, or not at all.
func (s Saved) Write(l Login) error {
	username, err := encode("username", l.Username)
	if err != nil {
		return err
	}
	password, err := encode("password", l.Password)
	if err != nil {
		return err
	}
	lines, err := s.lines()
	if err != nil {
		return err
	}
	lines = without(lines)
	at := sectionEnd(lines)
	if at < 0 {
		lines = append(lines, "["+section+"]\n")
		at = len(lines)
	}
	entry := []string{usernameKey + " = " + username + "\n", passwordKey + " = " + password + "\n"}
	return s.replace(append(append(append([]string{}, lines[:at]...), entry...), lines[at:]...))
}

// Delete takes the login out and leaves the rest. It reports whether there was one.
func (s Saved) Delete() (bool, error) {
	lines, err := s.lines()
	if err != nil {
		return false, err
	}
	left := without(lines)
	if len(left) == len(lines) {
		return false, nil
	}
	return true, s.replace(left)
}

func (s Saved) lines() ([]string, error) {
	text, err := os.ReadFile(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("%s is not UTF-8: correct it, or move it away", s.Path)
	}
	lines := strings.SplitAfter(string(text), "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	} else {
		lines[last] += "\n"
	}
	return lines, nil
}

func (s Saved) replace(lines []string) error {
	path := s.Path
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the file that a link leads to is replaced, not the link
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".credentials-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.WriteString(strings.Join(lines, ""))
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// encode doubles what configparser would interpolate, and refuses what an INI file cannot hold.
func encode(what, text string) (string, error) {
	if text == "" || strings.TrimSpace(text) != text || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }) {
		return "", fmt.Errorf("the %s cannot be saved in ~/.mlflow/credentials: it is empty, or has spaces at its ends or control characters; save a token", what)
	}
	return strings.ReplaceAll(text, "%", "%%"), nil
}

// value is the last setting of that key in the section.
func value(lines []string, key string) (found string) {
	eachSetting(lines, func(_ int, name, text string) {
		if name == key {
			found = strings.ReplaceAll(text, "%%", "%")
		}
	})
	return found
}

// without drops our two settings, with their continuation lines.
func without(lines []string) []string {
	ours := map[int]bool{}
	eachSetting(lines, func(i int, name, _ string) {
		if name == usernameKey || name == passwordKey {
			ours[i] = true
		}
	})
	var left []string
	for i, line := range lines {
		if continues(line) && i > 0 && ours[i-1] {
			ours[i] = true
		}
		if !ours[i] {
			left = append(left, line)
		}
	}
	return left
}

// continues reports an indented line, which configparser adds to the value before it.
func continues(line string) bool {
	return strings.TrimSpace(line) != "" && (line[0] == ' ' || line[0] == '\t')
}

func eachSetting(lines []string, visit func(i int, key, value string)) {
	inside := false
	for i, line := range lines {
		text := strings.TrimSpace(line)
		switch {
		case text == "", text[0] == '#', text[0] == ';', continues(line):
		case text[0] == '[':
			inside = text == "["+section+"]"
		case inside:
			if at := strings.IndexAny(text, "=:"); at > 0 {
				visit(i, strings.ToLower(strings.TrimSpace(text[:at])), strings.TrimSpace(text[at+1:]))
			}
		}
	}
}

// sectionEnd is the line after the section's head, -1 when there is no section.
func sectionEnd(lines []string) int {
	for i, line := range lines {
		if strings.TrimSpace(line) == "["+section+"]" {
			return i + 1
		}
	}
	return -1
}
