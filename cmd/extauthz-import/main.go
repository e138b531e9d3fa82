// Command extauthz-import reads the database of MLflow's basic-auth app and prints what is in it, as JSON. `extauthz import` runs it, shows
// what would become of that, and writes it to the store.
//
// It is a program and a module of its own so that the drivers of three databases are neither in the service nor among its dependencies.
//
// What it is to read comes on standard input, so that passwords are in no argument and no environment that others could see:
//
//	{"url": "postgresql://mlflow@db.example/mlflow", "password": "…"}
//
// It only ever reads, in one transaction. The output has the users' password hashes: keep it as the database is kept.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-json-experiment/json"
)

// request is what to read. A password here goes before one in the URL.
type request struct {
	URL      string `json:"url"`
	Password string `json:"password"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, in io.Reader, out io.Writer) error {
	var r request
	if err := json.UnmarshalRead(in, &r, json.RejectUnknownMembers(true)); err != nil {
		return fmt.Errorf(`standard input is not {"url": …, "password": …}: %w`, err)
	}
	s, err := parseSource(r)
	if err != nil {
		return err
	}
	d, err := s.read(ctx)
	if err != nil {
		return s.hide(err)
	}
	return json.MarshalWrite(out, d, json.Deterministic(true))
}
