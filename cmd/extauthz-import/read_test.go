package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

const recordings = "../../internal/migrate/testdata"

// reading is what the program prints for that URL.
func reading(t *testing.T, url string) (string, error) {
	t.Helper()
	request, err := json.Marshal(request{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = run(t.Context(), bytes.NewReader(request), &out)
	return out.String(), err
}

// TestDatabasesOfRealServers are read as the tests of internal/migrate have them, and not touched.
func TestDatabasesOfRealServers(t *testing.T) {
	paths, err := filepath.Glob(recordings + "/*.db")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		before := digest(t, path)
		got, err := reading(t, "sqlite:///"+path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		golden := strings.TrimSuffix(path, ".db") + ".dump.json"
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(got) != strings.TrimSpace(string(want)) {
			t.Errorf("%s is not read as %s has it (UPDATE=1 writes it anew)", path, golden)
		}
		if digest(t, path) != before {
			t.Errorf("%s is written to", path)
		}
	}
}

func digest(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(text)
}

// made is a database that these statements have made.
func made(t *testing.T, statements ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a ?#%.db")
	db, err := sql.Open("sqlite", "file:"+strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(s, err)
		}
	}
	return path
}

// TestOddValues are told apart: NULL is null, a missing column is missing, a number in a column of text is text.
func TestOddValues(t *testing.T) {
	path := made(t,
		"CREATE TABLE users (id INTEGER, username VARCHAR, password_hash VARCHAR, is_admin BOOLEAN)", "INSERT INTO users VALUES (1, NULL, NULL, NULL), (2, 'ü', 12, 1)",
		"CREATE TABLE experiment_permissions (experiment_id, user_id INTEGER, permission VARCHAR)", "INSERT INTO experiment_permissions VALUES (7, 2, 'READ')",
		"CREATE TABLE registered_model_permissions (name VARCHAR, user_id INTEGER)", "CREATE TABLE something_else (secret)", "INSERT INTO something_else VALUES ('s')",
		"CREATE TABLE registered_model_tags (key VARCHAR, name VARCHAR, value VARCHAR)", "INSERT INTO registered_model_tags VALUES ('mlflow.prompt.is_prompt', 'p', 'true'), ('other', 'p', 's')",
	)
	got, err := reading(t, "sqlite:///"+path)
	want := `{"format":1,"dialect":"sqlite","tables":{"experiment_permissions":[{"experiment_id":"7","permission":"READ","user_id":2}],` +
		`"registered_model_permissions":[],"registered_model_tags":[{"name":"p","value":"true"}],` +
		`"users":[{"id":1,"is_admin":null,"password_hash":null,"username":null},{"id":2,"is_admin":true,"password_hash":"12","username":"ü"}]}}`
	if got != want || err != nil {
		t.Errorf("%s %v\nwant %s", got, err, want)
	}
}

// TestWhatCannotBeRead gives nothing at all, and says why without a value of the database.
func TestWhatCannotBeRead(t *testing.T) {
	damaged := made(t, "CREATE TABLE users (id INTEGER, username VARCHAR)", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 200) INSERT INTO users SELECT i, hex(randomblob(400)) FROM n")
	text, err := os.ReadFile(damaged)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(text)-4096; i++ {
		text[i] ^= 0x5a
	}
	if err := os.WriteFile(damaged, text, 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, []byte("no database, but a file that is longer than the header of one would be\n"+strings.Repeat("x", 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, says := range map[string]string{
		"sqlite:///" + damaged: "damaged",
		"sqlite:///" + other:   "cannot be read as a SQLite database",
		"sqlite:///" + made(t, "CREATE TABLE users (id INTEGER, username VARCHAR)", "INSERT INTO users VALUES (1, CAST(x'736563726574ff' AS TEXT))"): "username: not UTF-8",
		"sqlite:///" + made(t, "CREATE TABLE users (id, username VARCHAR)", "INSERT INTO users VALUES ('secret', 'a')"):                              "id: a number was expected",
		"sqlite:///" + filepath.Join(t.TempDir(), "missing"):                                                                                         "no such file",
		"sqlite://":            "sqlite:///relative/path",
		"basic_auth.db":        "no URL",
		"oracle://u:secret@h/": `"oracle"`,
	} {
		got, err := reading(t, url)
		if err == nil || !strings.Contains(err.Error(), says) || got != "" || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %q %v, want an error with %q", url, got, err, says)
		}
	}
}
