package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// dump is what was read. A table that the database does not have is not in it; an empty one is there, and empty.
type dump struct {
	Format  int              `json:"format"`
	Dialect string           `json:"dialect"`
	Tables  map[string][]row `json:"tables"`
}

// row is a row's values by column: string, int64, bool or nil.
type row map[string]any

const format = 1

func (s source) read(ctx context.Context) (d dump, err error) {
	db, err := s.open(ctx)
	if err != nil {
		return dump{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, s.dialect.tx)
	if err != nil {
		return dump{}, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	there, err := names(ctx, tx, s.dialect.tables)
	if err != nil {
		return dump{}, err
	}
	d = dump{Format: format, Dialect: s.dialect.name, Tables: map[string][]row{}}
	for _, t := range tables() {
		if !there[t.name] {
			continue
		}
		if d.Tables[t.name], err = s.dialect.rows(ctx, tx, t); err != nil {
			return dump{}, fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return d, nil
}

func names(ctx context.Context, tx *sql.Tx, query string) (map[string]bool, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		found[name] = true
	}
	return found, rows.Err()
}

// present are the columns of t that the database has, ordered as in t.
func (d dialect) present(ctx context.Context, tx *sql.Tx, t table) ([]column, error) {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+d.quoted(t.name)+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	there, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, name := range there {
		has[name] = true
	}
	var found []column
	for _, c := range t.columns {
		if has[c.name] {
			found = append(found, c)
		}
	}
	return found, rows.Err()
}

// rows are ordered by all of their columns, so that one database always gives the same.
func (d dialect) rows(ctx context.Context, tx *sql.Tx, t table) ([]row, error) {
	columns, err := d.present(ctx, tx, t)
	if err != nil || len(columns) == 0 {
		return []row{}, err
	}
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = d.quoted(c.name)
	}
	list := strings.Join(quoted, ", ")
	query := "SELECT " + list + " FROM " + d.quoted(t.name)
	if t.where != "" {
		query += " WHERE " + d.quoted("key") + " = '" + t.where + "'"
	}
	found, err := tx.QueryContext(ctx, query+" ORDER BY "+list)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	all := []row{}
	for found.Next() {
		r, err := scan(found, columns)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", len(all)+1, err)
		}
		all = append(all, r)
	}
	return all, found.Err()
}

func scan(rows *sql.Rows, columns []column) (row, error) {
	values, to := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		to[i] = &values[i]
	}
	if err := rows.Scan(to...); err != nil {
		return nil, err
	}
	r := row{}
	for i, c := range columns {
		v, err := c.kind.of(values[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		r[c.name] = v
	}
	return r, nil
}
