package main

import (
	"errors"

	"github.com/spf13/cobra"

	"extauthz/internal/client"
)

// connection says where a command's requests go: to the service, or to the file of a service that is down.
type connection struct{ server, store, workspace string }

func (c *connection) serverFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.server, "server", "", "URL of the service (MLFLOW_TRACKING_URI by default)")
}

func (c *connection) storeFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.store, "store", "", "file with users and grants, to work on while the service is down")
	cmd.MarkFlagsMutuallyExclusive("server", "store")
}

func (c *connection) workspaceFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.workspace, "workspace", "", "MLflow's workspace (MLFLOW_WORKSPACE by default)")
}

// open gives the client and what ends its work.
func (c connection) open() (*client.Client, func() error, error) {
	if c.store != "" {
		return openStoreFile(c.store, c.workspace)
	}
	settings, err := client.Load(client.Settings{URL: c.server, Workspace: c.workspace})
	if err != nil {
		return nil, nil, err
	}
	if settings.URL == "" {
		return nil, nil, usage("no server is named: give --server URL, or set MLFLOW_TRACKING_URI")
	}
	one, err := client.New(settings)
	return one, func() error { return nil }, err
}

// session is a command under way with the admin API.
type session struct {
	*client.Client
	*cobra.Command
	output
}

// adminCommand is one whose work is done through the admin API.
func adminCommand(use, short string, run func(s session, args []string) error) *cobra.Command {
	var c connection
	var o output
	cmd := &cobra.Command{Use: use, Short: short, Args: asUsed, RunE: func(cmd *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		one, end, err := c.open()
		if err != nil {
			return err
		}
		return errors.Join(run(session{one, cmd, o}, args), end())
	}}
	c.serverFlag(cmd)
	c.storeFlag(cmd)
	c.workspaceFlag(cmd)
	o.flag(cmd)
	return cmd
}

// get asks with names and values in turn.
func (s session) get(path string, out any, parameters ...string) error {
	all := map[string]string{}
	for i := 0; i < len(parameters); i += 2 {
		all[parameters[i]] = parameters[i+1]
	}
	return s.Client.Get(s.Context(), path, all, out)
}

func (s session) call(method, path string, in, out any) error {
	return s.Call(s.Context(), method, path, in, out)
}

func (s session) showTable(value any, t table) error { return s.show(s.OutOrStdout(), value, t) }

func (s session) say(value any, format string, args ...any) error {
	return s.tell(s.OutOrStdout(), value, format, args...)
}

// workspace is where the command looks unless a resource says otherwise; "" is the server's default.
func (s session) workspace() string { return s.Settings().Workspace }

// in is the session with its requests in the resource's workspace.
func (s session) in(r resource) session {
	s.Client = s.In(r.workspace)
	return s
}
