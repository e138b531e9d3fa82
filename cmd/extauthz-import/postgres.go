package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresSource takes the options that libpq has; without a password in the URL, PGPASSWORD and ~/.pgpass are looked at.
func postgresSource(u *url.URL, password string) (source, error) {
	if err := refuseOptions(u.Query(), "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "application_name", "options"); err != nil {
		return source{}, err
	}
	plain := *u
	plain.Scheme, plain.User = "postgresql", nil
	if u.User != nil {
		plain.User = url.User(u.User.Username())
	}
	c, err := pgx.ParseConfig(plain.String())
	if err != nil {
		return source{}, err
	}
	if password != "" {
		c.Password = password
	}
	return source{
		dialect: dialect{
			name: "postgresql", tables: "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()",
			quote: `"`, tx: snapshot(),
		},
		password: c.Password,
		open: func(ctx context.Context) (*sql.DB, error) {
			db := stdlib.OpenDB(*c)
			if err := db.PingContext(ctx); err != nil {
				return nil, errors.Join(err, db.Close())
			}
			return db, nil
		},
	}, nil
}
