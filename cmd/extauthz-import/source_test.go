package main

import (
	"strings"
	"testing"
)

// TestPasswordsStayOutOfErrors also where a driver quotes what it was given.
func TestPasswordsStayOutOfErrors(t *testing.T) {
	for _, r := range []request{
		{URL: "postgresql://u:s%40crét@127.0.0.1:1/d"},
		{URL: "postgresql+psycopg2://u:s%40crét@127.0.0.1:1/d?sslmode=nonsense"},
		{URL: "postgresql://u:s%40crét@127.0.0.1:port/d"},
		{URL: "postgresql://u:s%40cr%t@127.0.0.1:1/d"},
		{URL: "postgresql://u@127.0.0.1:1/d", Password: "s@crét"},
		{URL: "postgresql://u:s%40crét@127.0.0.1:1/d?options=s%40crét"},
		{URL: "mysql://u:s%40crét@127.0.0.1:1/d"},
		{URL: "mysql+pymysql://u:s%40crét@127.0.0.1:1/d?tls=nonsense"},
		{URL: "mysql://u:s%40crét@127.0.0.1:1/d?ssl_ca=/nowhere"},
		{URL: "mysql://u:s%40crét@127.0.0.1:1/d?password=s%40crét"},
		{URL: "s%40crét"},
	} {
		s, err := parseSource(r)
		if err == nil {
			if _, err = s.read(t.Context()); err != nil {
				err = s.hide(err)
			}
		}
		if err == nil {
			t.Errorf("%s: no error", r.URL)
			continue
		}
		for _, form := range []string{"s@cr", "s%40cr"} {
			if strings.Contains(err.Error(), form) {
				t.Errorf("%s: %v", r.URL, err)
			}
		}
	}
}

// TestPasswordsAreUnderstood as SQLAlchemy writes them; one that is given apart goes first.
func TestPasswordsAreUnderstood(t *testing.T) {
	for _, one := range []struct {
		request
		want string
	}{
		{request{URL: "postgresql+psycopg2://u:p%40ss%3Aw%2Frd@h/d"}, "p@ss:w/rd"},
		{request{URL: "postgresql://u:x@h/d", Password: "given"}, "given"},
		{request{URL: "mysql+pymysql://u:p%40ss%3Aw%2Frd@h:3307/d?charset=utf8mb4"}, "p@ss:w/rd"},
		{request{URL: "mysql://u@h/d", Password: "given"}, "given"},
		{request{URL: "mariadb://u@h/d?unix_socket=/run/s"}, ""},
	} {
		s, err := parseSource(one.request)
		if err != nil || s.password != one.want {
			t.Errorf("%s: %q %v, want %q", one.URL, s.password, err, one.want)
		}
	}
}

// TestOptionsThatMeanNothingAreRefused instead of ignored: sslmode=verify-full, mistyped, would be no verification.
func TestOptionsThatMeanNothingAreRefused(t *testing.T) {
	for _, url := range []string{"postgresql://u@h/d?sslmod=verify-full", "mysql://u@h/d?ssl=true"} {
		if _, err := parseSource(request{URL: url}); err == nil || !strings.Contains(err.Error(), "means nothing") {
			t.Errorf("%s: %v", url, err)
		}
	}
}
