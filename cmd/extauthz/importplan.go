package main

import (
	"fmt"
	"os"

	"golang.org/x/term"

	"extauthz/internal/migrate"
)

// manyRows is how many rows of a table are shown to a person who has not asked for all.
const manyRows = 40

// imported is the answer for programs.
type imported struct {
	Plan    migrate.Plan `json:"plan"`
	Applied bool         `json:"applied"` // false also when there was nothing to do
	Digest  string       `json:"digest,omitzero"`
}

// showPlan prints tables, and what is not carried over as it is. For programs it waits for the end, unless this is the end.
func (i *importing) showPlan(p migrate.Plan) error {
	if i.format == "json" {
		if i.rehearse {
			return printJSON(i.OutOrStdout(), imported{Plan: p})
		}
		return nil
	}
	fmt.Fprintf(i.OutOrStdout(), "The database is of %s (%s, schema %s).\n", p.Source.Releases, printable(p.Source.Dialect), p.Source.Revision)
	for _, t := range []table{usersTable(p), rolesTable(p), membersTable(p), grantsTable(p), findingsTable(p)} {
		if err := i.showPart(t); err != nil {
			return err
		}
	}
	return i.summary(p)
}

func (i *importing) showPart(t table) error {
	more := len(t.rows) - manyRows
	if i.inFull || t.head[0] == findingHead || more <= 0 {
		more = 0
	}
	t.rows = t.rows[:len(t.rows)-more]
	if len(t.rows) == 0 {
		return nil
	}
	fmt.Fprintln(i.OutOrStdout())
	if err := t.write(i.OutOrStdout()); err != nil {
		return err
	}
	if more > 0 {
		fmt.Fprintf(i.OutOrStdout(), "… and %d more; --all shows them\n", more)
	}
	return nil
}

func (i *importing) summary(p migrate.Plan) error {
	what := "Nothing is to be done."
	if !p.Empty() {
		what = fmt.Sprintf("To be imported: %s.", counted(len(p.Users), len(p.Roles), len(p.Assignments), len(p.Grants)))
	}
	if p.Same != (migrate.Counts{}) {
		what += fmt.Sprintf(" There already: %s.", counted(p.Same.Users, p.Same.Roles, p.Same.Assignments, p.Same.Grants))
	}
	_, err := fmt.Fprintln(i.OutOrStdout(), "\n"+what)
	return err
}

func counted(users, roles, assignments, grants int) string {
	return fmt.Sprintf("%d users, %d roles, %d assignments, %d permissions", users, roles, assignments, grants)
}

// done tells that it is, for people and for programs.
func (i *importing) done(p migrate.Plan, digest string) error {
	if i.format == "json" {
		return printJSON(i.OutOrStdout(), imported{p, !p.Empty(), digest})
	}
	what := "Imported."
	if p.Empty() {
		what = "Nothing was changed."
	}
	_, err := fmt.Fprintf(i.OutOrStdout(), "%s The store's digest is %s\n", what, digest)
	return err
}

func usersTable(p migrate.Plan) table {
	t := table{head: []string{"USER", "IN MLFLOW", "", "ADMIN", "PASSWORD"}}
	for _, u := range p.Users {
		was, password := u.Was, "kept"
		if was == "" {
			was = u.Username
		}
		if u.MustChangePassword {
			password = "must be changed"
		}
		t.row(u.Username, was, newOr(u.New, "changed"), yesNo(u.Admin), password)
	}
	return t
}

func rolesTable(p migrate.Plan) table {
	t := table{head: []string{"ROLE", "WORKSPACE", ""}}
	for _, r := range p.Roles {
		t.row(r.Name, r.Workspace, newOr(r.New, "described anew"))
	}
	return t
}

func membersTable(p migrate.Plan) table {
	t := table{head: []string{"USER", "HAS ROLE", "WORKSPACE"}}
	for _, m := range p.Assignments {
		t.row(m.Username, m.Role, m.Workspace)
	}
	return t
}

func grantsTable(p migrate.Plan) table {
	t := table{head: []string{"HOLDER", "PERMISSION", "ON", "WORKSPACE", ""}}
	for _, g := range p.Grants {
		holder := g.Username
		if holder == "" {
			holder = "role " + g.Role
		}
		was := "new"
		if g.Before != "" {
			was = "was " + g.Before
		}
		t.row(holder, g.Permission, g.Type+"/"+g.ID, g.Workspace, was)
	}
	return t
}

const findingHead = "NOT AS IT IS"

func findingsTable(p migrate.Plan) table {
	t := table{head: []string{findingHead, "WHY", "WHAT IS DONE"}}
	for _, f := range p.Findings {
		t.row(f.What, f.Why, f.Done)
	}
	return t
}

func newOr(isNew bool, other string) string {
	if isNew {
		return "new"
	}
	return other
}

// progress tells a person how many passwords have been looked at, which is what takes long.
func (i *importing) progress() func(done, all int) {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil
	}
	return func(done, all int) {
		if done%10 == 0 || done == all {
			fmt.Fprintf(os.Stderr, "\rlooking for passwords that everybody knows: %d of %d ", done, all)
		}
		if done == all {
			fmt.Fprintln(os.Stderr)
		}
	}
}
