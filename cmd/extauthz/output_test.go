package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"
)

// TestTableOfALongCell: what somebody had granted, all in one record, moves nobody else's columns.
func TestTableOfALongCell(t *testing.T) {
	long := strings.Repeat("x", widest+1)
	var said bytes.Buffer
	if err := (table{head: []string{"WHO", "BEFORE", "AFTER"}, rows: [][]string{{"alice", long, "-"}, {"bób", "READ", "EDIT"}, {"carol"}}}).write(&said); err != nil {
		t.Fatal(err)
	}
	want := "WHO    BEFORE  AFTER\nalice  " + long + "  -\nbób    READ    EDIT\ncarol\n"
	if said.String() != want {
		t.Errorf("%s", said.String())
	}
}

// TestTerminalObeysNobody: names and messages come from other people, and a terminal would do what is in them.
func TestTerminalObeysNobody(t *testing.T) {
	const evil = "a\x1b]0;title\a\u009b31m\u202e\x7f\U000e0041"
	answer, err := json.Marshal(map[string]any{"user": map[string]any{"username": evil}, "error_code": "PERMISSION_DENIED", "message": evil + "\nno"})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", t.TempDir())
	for _, c := range []struct {
		format string
		status int
		said   string
	}{
		{"text", http.StatusOK, "a?]0;title??31m???"},
		{"json", http.StatusOK, `a\u001b]0;title\u0007\u009b31m\u202e\u007f\udb40\udc41`},
		{"text", http.StatusForbidden, "extauthz: a?]0;title??31m???\nno\n"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = w.Write(answer)
		}))
		var said bytes.Buffer
		cmd := root()
		cmd.SetOut(&said)
		cmd.SetErr(&said)
		cmd.SetArgs([]string{"whoami", "--server", server.URL, "-o", c.format})
		run(t.Context(), cmd)
		server.Close()
		if !strings.Contains(said.String(), c.said) || strings.ContainsFunc(said.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Errorf("%s, %d: %q", c.format, c.status, said.String())
		}
	}
}
