package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// turn is what the load generator is told, as JSON on its command line.
type turn struct {
	Address     string
	Request     string // as on the wire
	Connections int
	Length      time.Duration
	TLS         *files // nil: plain
}

// files are those that MLFLOW_TRACKING_SERVER_CERT_PATH and MLFLOW_TRACKING_CLIENT_CERT_PATH name; without a certificate none is shown.
type files struct{ CA, Certificate, Key string }

// outcome is what it answers, as JSON on its standard output.
type outcome struct {
	Requests int64
	Seconds  float64
}

// load keeps every connection busy with one request at a time, and gives up at the first answer that is not 200.
func load(ctx context.Context, args []string) error {
	var t turn
	if err := json.Unmarshal([]byte(args[0]), &t); err != nil {
		return err
	}
	dial, err := t.dialer()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, t.Length, errOver)
	defer cancel()
	var done atomic.Int64
	errs := make([]error, t.Connections)
	start := time.Now()
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() { errs[i] = t.client(ctx, dial, &done) })
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(outcome{done.Load(), time.Since(start).Seconds()})
}

var errOver = errors.New("the turn is over")

// client is one connection. It writes the bytes of the request and reads no more of the answer than it must: what the generator spends,
// the servers do not get.
func (t turn) client(ctx context.Context, dial dial, done *atomic.Int64) error {
	c, err := dial(ctx, "tcp", t.Address)
	if err != nil {
		return err
	}
	defer c.Close()
	r, request := bufio.NewReader(c), []byte(t.Request)
	for ctx.Err() == nil {
		if _, err := c.Write(request); err != nil {
			return err
		}
		if err := readAnswer(r); err != nil {
			return err
		}
		done.Add(1)
	}
	return nil
}

type dial func(ctx context.Context, network, address string) (net.Conn, error)

func (t turn) dialer() (dial, error) {
	if t.TLS == nil {
		return (&net.Dialer{}).DialContext, nil
	}
	ca, err := os.ReadFile(t.TLS.CA)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(ca)
	if t.TLS.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(t.TLS.Certificate, t.TLS.Key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return (&tls.Dialer{Config: config}).DialContext, nil
}

func readAnswer(r *bufio.Reader) error {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if len(line) < 12 || string(line[9:12]) != "200" {
		rest, _ := r.Peek(r.Buffered())
		return fmt.Errorf("not 200 but %s%s", line, rest)
	}
	length := -1
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return err
		}
		if len(line) <= len("\r\n") {
			break
		}
		if n, ok := contentLength(line); ok {
			length = n
		}
	}
	if length < 0 {
		return errors.New("an answer without Content-Length")
	}
	_, err = r.Discard(length)
	return err
}

func contentLength(line []byte) (int, bool) {
	const name = "content-length: "
	if len(line) < len(name) || string(line[:len(name)]) != name { // Envoy writes names in lower case
		return 0, false
	}
	n, err := strconv.Atoi(string(line[len(name) : len(line)-2]))
	return n, err == nil
}
