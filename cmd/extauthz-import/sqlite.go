package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// sqliteSource takes what follows sqlite://, that is "/relative" or "//absolute".
func sqliteSource(rest string) (source, error) {
	if len(rest) < 2 || rest[0] != '/' {
		return source{}, errors.New("a SQLite database is sqlite:///relative/path or sqlite:////absolute/path")
	}
	path := rest[1:]
	return source{
		dialect: dialect{name: "sqlite", tables: "SELECT name FROM sqlite_master WHERE type = 'table'", quote: `"`},
		open:    func(ctx context.Context) (*sql.DB, error) { return openSQLite(ctx, path) },
	}, nil
}

// openSQLite opens the file for reading only, and looks for damage first: a page that cannot be read may be one row less.
func openSQLite(ctx context.Context, path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err // the driver says less
	}
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(path)+"?mode=ro&_pragma=busy_timeout(10000)&_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return nil, errors.Join(fmt.Errorf("%s cannot be read as a SQLite database: %w", path, err), db.Close())
	}
	if found != "ok" {
		return nil, errors.Join(fmt.Errorf("%s is damaged: %s", path, found), db.Close())
	}
	return db, nil
}
