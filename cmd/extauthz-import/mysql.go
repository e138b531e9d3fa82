package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mysqlSource takes PyMySQL's ssl_ca and unix_socket, and tls (true, preferred, skip-verify or false). Without either, the connection is
// encrypted when the server can.
func mysqlSource(u *url.URL, password string) (source, error) {
	q := u.Query()
	if err := refuseOptions(u.Query(), "ssl_ca", "unix_socket", "tls", "charset"); err != nil {
		return source{}, err
	}
	c := mysql.NewConfig()
	c.User, c.Passwd, c.DBName = u.User.Username(), password, strings.TrimPrefix(u.Path, "/")
	c.Net, c.Addr, c.TLSConfig, c.Timeout = "tcp", addressed(u), "preferred", 30*time.Second
	if path := q.Get("unix_socket"); path != "" {
		c.Net, c.Addr, c.TLSConfig = "unix", path, "false"
	}
	if q.Has("tls") {
		c.TLSConfig = q.Get("tls")
	}
	if path := q.Get("ssl_ca"); path != "" {
		var err error
		if c.TLS, err = trusting(path, u.Hostname()); err != nil {
			return source{}, err
		}
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return source{}, source{password: password}.hide(err)
	}
	return source{
		dialect: dialect{
			name: "mysql", tables: "SELECT table_name FROM information_schema.tables WHERE table_schema = database()",
			quote: "`", tx: snapshot(),
		},
		password: password,
		open: func(ctx context.Context) (*sql.DB, error) {
			db := sql.OpenDB(connector)
			if err := db.PingContext(ctx); err != nil {
				return nil, errors.Join(err, db.Close())
			}
			return db, nil
		},
	}, nil
}

func addressed(u *url.URL) string {
	host, port := u.Hostname(), u.Port()
	if host == "" {
		host = "localhost"
	}
	if port == "" {
		port = "3306"
	}
	return net.JoinHostPort(host, port)
}

func trusting(path, host string) (*tls.Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("ssl_ca: %s has no certificate in PEM", path)
	}
	return &tls.Config{RootCAs: roots, ServerName: host}, nil
}
