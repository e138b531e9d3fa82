package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"extauthz/authz/credential"
	"extauthz/internal/client"
)

func loginCommand() *cobra.Command {
	var l login
	cmd := &cobra.Command{
		Use:   "login [URL]",
		Short: "Sign in, for this command and for MLflow's Python client",
		Long: "Sign in at a server and save the credential in ~/.mlflow/credentials, where MLflow's Python client and the other commands find it.\n" +
			"What else is in that file stays. Unless told otherwise a token is saved and not the password: it can be revoked on its own. The URL is\n" +
			"that of MLflow's clients, MLFLOW_TRACKING_URI when it is left out.",
		Example: "  extauthz login https://mlflow.example.com\n" +
			"  extauthz login https://mlflow.example.com --username ci --password-stdin --token < password-file",
		Args: asUsed,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				l.url = args[0]
			}
			return l.run(cmd)
		},
	}
	f := cmd.Flags()
	f.StringVar(&l.username, "username", "", "who signs in (asked for by default)")
	l.passwordFlag.flag(cmd)
	f.BoolVar(&l.saveToken, "token", false, "save a new token")
	f.BoolVar(&l.savePassword, "password", false, "save the password itself")
	f.Var(&l.expiresIn, "expires-in", "how long the token lives: 90d, 12h, 30m")
	cmd.MarkFlagsMutuallyExclusive("token", "password")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		if strings.Contains(err.Error(), "--password\"") { // it may have been given as the flag's value
			return errors.New("--password only says that the password is to be saved; it is asked for, or read with --password-stdin")
		}
		return err
	})
	return cmd
}

// login is the flags, and what they do.
type login struct {
	url, username           string
	saveToken, savePassword bool
	expiresIn               lifetime
	passwordFlag
}

func (l *login) run(cmd *cobra.Command) error {
	server := cmp.Or(l.url, os.Getenv("MLFLOW_TRACKING_URI"))
	if server == "" {
		return usage("no server is named: give its URL, or set MLFLOW_TRACKING_URI")
	}
	file, old, err := savedLogin()
	if err != nil {
		return err
	}
	if err := l.askName(cmd, old.Username); err != nil {
		return err
	}
	warnOfPlainText(cmd, server)
	password, err := l.current(cmd, fmt.Sprintf("Password of %s: ", l.username))
	if err != nil {
		return err
	}
	s, me, err := signIn(cmd, server, client.Login{Username: l.username, Password: password})
	if err != nil {
		return err
	}
	saved, what, err := l.choose(s, me, password)
	if err != nil {
		return err
	}
	if err := file.Write(saved); err != nil {
		return errors.Join(err, l.undo(s, password, saved))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "signed in at %s as %s; %s is saved in %s\n", s.Settings().URL, printable(me.User.Username), what, file.Path)
	adviseAfterLogin(cmd, s.Settings().URL, me)
	return nil
}

func savedLogin() (client.Saved, client.Login, error) {
	path, err := client.SavedPath()
	if err != nil {
		return client.Saved{}, client.Login{}, err
	}
	old, err := client.Saved{Path: path}.Read()
	return client.Saved{Path: path}, old, err
}

// askName takes the saved login's name for an empty line.
func (l *login) askName(cmd *cobra.Command, old string) error {
	if l.username != "" {
		return nil
	}
	if l.stdin {
		return usage("--password-stdin needs --username")
	}
	prompt := "Username: "
	if old != "" {
		prompt = fmt.Sprintf("Username [%s]: ", printable(old))
	}
	name, err := onTerminal(func(t *terminal) (string, error) { return t.ask(cmd.Context(), prompt) })
	if l.username = cmp.Or(strings.TrimSpace(name), old); err == nil && l.username == "" {
		err = errors.New("no username was given")
	}
	return err
}

var errNotAccepted = errors.New("does not accept that username and password")

// signIn proves the credential to the server, which says who that is.
func signIn(cmd *cobra.Command, server string, with client.Login) (session, selfAnswer, error) {
	var me selfAnswer
	settings, err := client.Load(client.Settings{URL: server, Username: with.Username, Password: with.Password})
	if err != nil {
		return session{}, me, err
	}
	one, err := client.New(settings)
	if err != nil {
		return session{}, me, err
	}
	s := session{one, cmd, output{"text"}}
	err = s.get(ours+"users/current", &me)
	if refused, ok := errors.AsType[*client.Error](err); ok && refused.Status == 401 {
		return s, me, fmt.Errorf("%s %w; nothing was saved", one.Settings().URL, errNotAccepted)
	}
	if err == nil && me.User.Username == "" {
		err = fmt.Errorf("%s does not answer as extauthz does; is this its URL?", one.Settings().URL)
	}
	return s, me, err
}

// choose makes what is to be saved. A token that was given in the password's place stays what it is.
func (l *login) choose(s session, me selfAnswer, password string) (client.Login, string, error) {
	saved := client.Login{Username: l.username, Password: password}
	_, isNoToken := credential.ParseToken(password)
	if isNoToken == nil {
		return saved, "that token", nil
	}
	token, err := l.wantsToken(s.Context(), me)
	if err != nil || !token {
		return saved, "the password", err
	}
	name := loginTokenName()
	if saved.Password, err = renewToken(s, name, l.expiresIn); err != nil {
		return saved, "", err
	}
	return saved, "the token " + name, nil
}

// wantsToken asks where there is somebody to ask. An account that has to change its password first cannot have a token yet.
func (l *login) wantsToken(ctx context.Context, me selfAnswer) (bool, error) {
	switch {
	case l.savePassword, me.MustChangePassword && !l.saveToken:
		return false, nil
	case l.saveToken, l.stdin:
		return true, nil
	}
	t, err := openTerminal()
	if err != nil {
		return false, err
	}
	defer t.Close()
	return t.confirm(ctx, "Save a token instead of the password? It can be revoked on its own.", true)
}

// undo revokes a token that could not be saved.
func (l *login) undo(s session, password string, saved client.Login) error {
	if saved.Password == password {
		return nil
	}
	return revokeToken(s, loginTokenName())
}

// warnOfPlainText: what is sent over http can be read on the way.
func warnOfPlainText(cmd *cobra.Command, server string) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "http" || u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback() {
		return
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "warning: the URL begins with http:, so the password travels readable for everybody on the way")
}

// adviseAfterLogin says what is still between the user and a working client.
func adviseAfterLogin(cmd *cobra.Command, server string, me selfAnswer) {
	w := cmd.ErrOrStderr()
	if os.Getenv("MLFLOW_TRACKING_URI") != server {
		fmt.Fprintf(w, "next: export MLFLOW_TRACKING_URI=%s\n", server)
	}
	for _, name := range []string{"MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"} {
		if os.Getenv(name) != "" {
			fmt.Fprintf(w, "warning: %s is set, and is used in the place of what is saved: unset it\n", name)
		}
	}
	if os.Getenv("MLFLOW_TRACKING_TOKEN") != "" {
		fmt.Fprintln(w, "warning: MLFLOW_TRACKING_TOKEN is set, and is not used while somebody is signed in: `extauthz logout` to use it")
	}
	if me.MustChangePassword {
		fmt.Fprintf(w, "next: extauthz user set-password %s   (this account has a password that MLflow's documentation names)\n", printable(me.User.Username))
	}
}
