package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"extauthz/authz/credential"
	"extauthz/internal/migrate"
	"extauthz/store"
	"extauthz/store/boltstore"
)

// importing is an import of MLflow's basic_auth database under way.
type importing struct {
	*cobra.Command
	output
	connection
	from        database
	tracking    database
	options     migrate.Options
	rehearse    bool
	yes, inFull bool
}

func importCommand() *cobra.Command {
	i := &importing{from: database{flag: "from"}, tracking: database{flag: "tracking-store"}}
	i.Command = &cobra.Command{
		Use:   "import [FILE]",
		Short: "Bring an exported state, or the users and permissions of MLflow's own basic-auth, here",
		Long: "Add to the state what a document of `extauthz export` has (- is standard input): what is there is changed to what the document says, and\n" +
			"nothing is removed. With a document that has secrets, people keep their passwords and tokens.\n\n" +
			"Or, with --from, bring the users, passwords, roles and permissions of MLflow's own basic-auth (2.9 to 3.18) into the store of a service that is down.\n" +
			"What will be done is shown first. It is done whole or not at all, and doing it again changes nothing. MLflow's database is only read.\n\n" +
			"URLs are written as for MLflow: sqlite:///path, postgresql://user@host/name, mysql://user@host/name. A password is better given in a\n" +
			"file, or as EXTAUTHZ_FROM_PASSWORD and EXTAUTHZ_TRACKING_STORE_PASSWORD, than in the URL, which other users of the machine can see.",
		Example: "  extauthz import --from sqlite:///basic_auth.db --dry-run\n" +
			"  extauthz import --from postgresql://mlflow@db/mlflow --from-password-file password --store extauthz.db",
		Args: asUsed,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := errors.Join(fromEnvironment(cmd), i.check(args)); err != nil {
				return err
			}
			if len(args) == 1 {
				return i.document(args[0])
			}
			return i.run(cmd.Context())
		},
	}
	i.flags()
	return i.Command
}

func (i *importing) flags() {
	f := i.Flags()
	i.from.flags(i.Command, "URL of basic_auth's database, as in basic_auth.ini")
	i.tracking.flags(i.Command, "URL of the tracking server's database, to know which ids are still there, where, and what is a prompt")
	i.serverFlag(i.Command)
	i.storeFlag(i.Command)
	f.StringToStringVar(&i.options.Rename, "rename", nil, "OLD=NEW: give a user another name (may be repeated)")
	f.BoolVar(&i.options.Replace, "replace", false, "let MLflow's passwords, admin flags and permissions take the place of what the store has")
	f.BoolVar(&i.options.KeepLost, "keep-lost", false, "do not restore the NO_PERMISSIONS that MLflow's upgrade to 3.13 dropped")
	f.BoolVar(&i.rehearse, "dry-run", false, "show what would be done, and do nothing")
	f.BoolVar(&i.yes, "yes", false, "do it without asking")
	f.BoolVar(&i.inFull, "all", false, "show every row, however many there are")
	i.output.flag(i.Command)
}

// document imports what was exported, as apply does without --prune.
func (i *importing) document(path string) error {
	a := applying{output: i.output, dryRun: i.rehearse, yes: i.yes}
	return i.connection.with(i.Command, i.output, func(s session) error { return a.run(s, path) })
}

func (i *importing) check(args []string) error {
	switch {
	case len(args) == 1 && i.from.url != "":
		return usage("give a document or --from, not both")
	case len(args) == 1:
		return i.output.check()
	case i.from.url == "":
		return usage("give a document of `extauthz export`, or --from: the URL that `database_uri` in basic_auth.ini has")
	case i.format == "json" && !i.yes && !i.rehearse:
		return usage("with --output json nobody is asked: add --dry-run or --yes")
	}
	return i.output.check()
}

// run reads before it opens the store, so that the store is not kept from others for longer than needed.
func (i *importing) run(ctx context.Context) error {
	basicAuth, err := i.from.read(ctx)
	if err != nil {
		return err
	}
	tracking, err := i.tracking.read(ctx)
	if err != nil {
		return err
	}
	s, err := i.openStore()
	if err != nil {
		return err
	}
	if s == nil {
		_, err = i.plan(ctx, basicAuth, tracking, store.Snapshot{})
		return err
	}
	return errors.Join(i.into(ctx, s, basicAuth, tracking), s.Close())
}

// openStore gives nothing for a rehearsal without a store.
func (i *importing) openStore() (*boltstore.Store, error) {
	s, err := boltstore.Open(i.path(), boltstore.Options{})
	switch {
	case errors.Is(err, store.ErrMissing) && i.rehearse:
		return nil, nil //nolint:nilnil // the plan is against an empty store
	case errors.Is(err, store.ErrMissing):
		return nil, fmt.Errorf("%w\nhint: `extauthz init --store %s` makes an empty one", err, i.path())
	case errors.Is(err, store.ErrLocked):
		return nil, fmt.Errorf("%w\nhint: stop the service for the import, or import into another file", err)
	}
	return s, err
}

// path is of the store that MLflow's users go into.
func (i *importing) path() string { return cmp.Or(i.store, "extauthz.db") }

func (i *importing) into(ctx context.Context, s *boltstore.Store, basicAuth, tracking migrate.Dump) error {
	there, err := s.Export(ctx)
	if err != nil {
		return err
	}
	p, err := i.plan(ctx, basicAuth, tracking, there)
	if err != nil || i.rehearse {
		return err
	}
	if !p.Empty() {
		if err := i.confirm(ctx); err != nil {
			return err
		}
		if err := s.Import(asOperator(ctx), p.Snapshot); err != nil {
			return fmt.Errorf("nothing was imported: %w", err)
		}
	}
	digest, err := s.Digest(ctx)
	if err != nil {
		return err
	}
	return i.done(p, digest)
}

// plan shows what it has found.
func (i *importing) plan(ctx context.Context, basicAuth, tracking migrate.Dump, there store.Snapshot) (migrate.Plan, error) {
	hasher, err := credential.NewHasher(credential.HasherConfig{})
	if err != nil {
		return migrate.Plan{}, err
	}
	i.options.Passwords, i.options.Progress = hasher, i.progress()
	p, err := migrate.New(ctx, basicAuth, tracking, there, i.options)
	if err != nil {
		return migrate.Plan{}, err
	}
	return p, i.showPlan(p)
}

func (i *importing) confirm(ctx context.Context) error {
	if i.yes {
		return nil
	}
	t, err := openTerminal()
	if err != nil {
		return usage("%v: add --yes to import, or --dry-run to see the plan alone", err)
	}
	defer t.Close()
	agreed, err := t.confirm(ctx, "Import this?", false)
	if err == nil && !agreed {
		err = errors.New("nothing was imported")
	}
	return err
}
