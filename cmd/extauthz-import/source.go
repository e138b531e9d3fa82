package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// source is one database that can be read.
type source struct {
	dialect  dialect
	open     func(context.Context) (*sql.DB, error)
	password string
}

// parseSource takes the URLs that MLflow takes (SQLAlchemy's): dialect[+driver]://user:password@host:port/name?option=value. The driver is
// Python's and of no interest. Errors quote nothing of the URL but what is no secret.
func parseSource(r request) (source, error) {
	scheme, rest, ok := strings.Cut(r.URL, "://")
	if !ok {
		return source{}, errors.New("the database is no URL: give sqlite:///path, postgresql://user@host/name or mysql://user@host/name")
	}
	name, _, _ := strings.Cut(scheme, "+")
	if name == "sqlite" {
		return sqliteSource(rest)
	}
	u, err := url.Parse("any://" + rest)
	if err != nil {
		return source{}, errors.New("the database's URL cannot be read; are special characters in the password written as %XX?")
	}
	password, _ := u.User.Password()
	if r.Password != "" {
		password = r.Password
	}
	switch name {
	case "postgresql", "postgres":
		return postgresSource(u, password)
	case "mysql", "mariadb":
		return mysqlSource(u, password)
	default:
		return source{}, fmt.Errorf("databases of the kind %q cannot be read: sqlite, postgresql and mysql can", name)
	}
}

// refuseOptions names what is in the query of a URL and means nothing to us, instead of ignoring it.
func refuseOptions(given url.Values, known ...string) error {
	for _, k := range known {
		given.Del(k)
	}
	for k := range given {
		return fmt.Errorf("the database's URL has the option %q, which means nothing here; leave it out", k)
	}
	return nil
}

// hide keeps the password out of what drivers say.
func (s source) hide(err error) error {
	text := err.Error()
	if s.password != "" {
		for _, form := range []string{s.password, url.QueryEscape(s.password), url.PathEscape(s.password)} {
			text = strings.ReplaceAll(text, form, "***")
		}
	}
	return errors.New(text)
}
