// Command oidc is the OpenID provider of the end-to-end tests: zitadel/oidc's, with its login page, its users in a file and all else in memory.
//
//	oidc -listen 127.0.0.1:9998 -client mlflow -secret FILE -redirect http://127.0.0.1:5000/oauth2/callback -users users.json
//
// The users' file is an object of objects: {"1": {"ID": "1", "Username": "alice", "Password": "…"}}. A module of its own keeps what it needs out
// of the service's.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9998", "address, and the issuer's host")
	client := flag.String("client", "mlflow", "client id")
	secret := flag.String("secret", "", "file with the client's secret")
	redirect := flag.String("redirect", "", "where the client takes codes")
	users := flag.String("users", "", "file with users")
	flag.Parse()
	if err := serve(*listen, *client, *secret, *redirect, *users); err != nil {
		fmt.Fprintln(os.Stderr, "oidc:", err)
		os.Exit(1)
	}
}

func serve(listen, client, secretFile, redirect, usersFile string) error {
	secret, err := os.ReadFile(secretFile)
	if err != nil {
		return err
	}
	users, err := storage.StoreFromFile(usersFile)
	if err != nil {
		return err
	}
	storage.RegisterClients(storage.WebClient(client, strings.TrimSpace(string(secret)), redirect))
	kept := provider{storage.NewStorage(users), users}
	handler := exampleop.SetupServer("http://"+listen, kept, slog.New(slog.DiscardHandler), false)
	return http.ListenAndServe(listen, handler)
}

// provider makes access tokens that others can read, with the user's name and groups.
type provider struct {
	*storage.Storage
	users storage.UserStore
}

func (p provider) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := p.Storage.GetClientByClientID(ctx, id)
	return client{c}, err
}

func (p provider) GetPrivateClaimsFromScopes(_ context.Context, userID, _ string, _ []string) (map[string]any, error) {
	user := p.users.GetUserByID(userID)
	if user == nil {
		return nil, fmt.Errorf("no user %q", userID)
	}
	return map[string]any{"preferred_username": user.Username, "groups": groups(user)}, nil
}

// groups are as many as in a big company, so that the token does not fit into one cookie. Whoever is an admin at the provider is in ml-leads.
func groups(u *storage.User) (all []string) {
	for n := range 200 {
		all = append(all, fmt.Sprintf("company-department-%d", n))
	}
	if u.IsAdmin {
		all = append(all, "ml-leads")
	}
	return all
}

type client struct{ op.Client }

func (client) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeJWT }
func (client) AuthMethod() oidc.AuthMethod          { return oidc.AuthMethodPost }
func (client) IDTokenUserinfoClaimsAssertion() bool { return true }
