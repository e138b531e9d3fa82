package main

import (
	"cmp"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

func routesCommand() *cobra.Command {
	var filter routeFilter
	var output string
	cmd := &cobra.Command{
		Use:   "routes",
		Short: "Print the route table: what each MLflow request needs",
		Long: "Print the route table: which permission on what each request to MLflow needs. A request that no row names is for admins alone.\n" +
			"Filters narrow it down together: with --resource and --permission, to rows that may ask for that permission on such a resource.",
		Example: "  extauthz routes --release 2.22.5 --resource experiment --permission EDIT",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, ok := map[string]func(io.Writer, []route) error{"text": writeText, "json": writeJSON}[output]
			if !ok {
				return usage("--output %q: choose text or json", output)
			}
			routes, err := filter.routes()
			if err != nil {
				return err
			}
			return write(cmd.OutOrStdout(), routes)
		},
	}
	f := cmd.Flags()
	f.StringVar(&filter.release, "release", "", "only what this MLflow release serves, for example 3.4.0")
	f.StringVar(&filter.resource, "resource", "", "only what is about this type of resource, for example experiment")
	f.StringVar(&filter.permission, "permission", "", "only what may ask for READ, USE, EDIT, MANAGE, admin, any, public, auth-api or nobody")
	f.StringVarP(&output, "output", "o", "text", "text or json")
	return cmd
}

// route is a row as it is printed.
type route struct {
	Method      string       `json:"method"`
	Path        string       `json:"path"`
	Operation   string       `json:"operation"`
	Needs       string       `json:"needs"`
	Permissions []string     `json:"permissions"`
	Resources   []authz.Kind `json:"resources"`
	Response    string       `json:"response"`
	Releases    []string     `json:"releases"` // none for what extauthz serves itself
	asks        []mlflow.Ask
}

// writeText has what is longest in the last column.
func writeText(w io.Writer, routes []route) error {
	t := table{head: []string{"METHOD", "PATH", "OPERATION", "RESPONSE", "NEEDS"}}
	for _, r := range routes {
		t.row(r.Method, r.Path, r.Operation, cmp.Or(r.Response, "-"), r.Needs)
	}
	return t.write(w)
}

func writeJSON(w io.Writer, routes []route) error {
	if err := json.MarshalWrite(w, routes, jsontext.WithIndent("  ")); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}
