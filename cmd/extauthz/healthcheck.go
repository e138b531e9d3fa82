package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func healthcheckCommand() *cobra.Command {
	var listen string
	var live bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask a running service whether it is ready",
		Long: "Ask a running service whether it is ready, for containers that have no shell. It ends with 0 when requests can be decided, and prints\n" +
			"what fails. It takes the address from --diagnostics-listen or EXTAUTHZ_DIAGNOSTICS_LISTEN, as `extauthz serve` does.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd); err != nil {
				return err
			}
			path := "/readyz"
			if live {
				path = "/healthz"
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			return askHealth(ctx, cmd.OutOrStdout(), listen, path)
		},
	}
	cmd.Flags().StringVar(&listen, "diagnostics-listen", "127.0.0.1:9090", "the service's diagnostics address")
	cmd.Flags().BoolVar(&live, "live", false, "ask only whether the process lives")
	cmd.Flags().DurationVar(&timeout, "timeout", 3*time.Second, "how long to wait for the answer")
	return cmd
}

// reachable turns an address to listen on into one to ask: all interfaces include this one.
func reachable(listen string) (network, address string) {
	if path, ok := strings.CutPrefix(listen, "unix://"); ok {
		return "unix", path
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "tcp", listen
	}
	if a, err := netip.ParseAddr(host); host == "" || err == nil && a.IsUnspecified() {
		host = "localhost"
	}
	return "tcp", net.JoinHostPort(host, port)
}

func askHealth(ctx context.Context, out io.Writer, listen, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://extauthz"+path, nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		network, address := reachable(listen)
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w: does `extauthz serve` run, with this --diagnostics-listen?", listen, errors.Unwrap(err))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return err
	}
	text := strings.TrimSpace(string(body))
	if response.StatusCode != http.StatusOK {
		return errors.New("not ready: " + text)
	}
	_, err = fmt.Fprintln(out, text)
	return err
}
