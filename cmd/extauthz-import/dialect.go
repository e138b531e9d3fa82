package main

import "database/sql"

// dialect is where the three databases differ.
type dialect struct {
	name   string
	tables string // a query for the names of the tables
	quote  string // before and after an identifier
	tx     *sql.TxOptions
}

// snapshot is one view of all tables, however long reading takes.
func snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

func (d dialect) quoted(name string) string { return d.quote + name + d.quote }
