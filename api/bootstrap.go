package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"extauthz/authz/credential"
	"extauthz/store"
)

// FirstAdmin is the account that a new store begins with. There is no built-in password: MLflow's was known to everybody.
type FirstAdmin struct {
	Username string
	Password string
	// AllowDefaultPassword lets the account be used with MLflow's documented "password1234". Without it, that password is taken but can do
	// nothing except change itself.
	AllowDefaultPassword bool
}

// BootstrapConfig is all required.
type BootstrapConfig struct {
	Store     Store
	Passwords Passwords
	Now       func() time.Time
	Logger    *slog.Logger
}

// Bootstrap makes sure that there is an admin. With one in the store, the configured name and password are ignored: whoever changed the
// password since must not lose it to an old setting. It reports whether it created the account.
func Bootstrap(ctx context.Context, c BootstrapConfig, a FirstAdmin) (created bool, err error) {
	if c.Store == nil || c.Passwords == nil || c.Now == nil || c.Logger == nil {
		return false, errors.New("creating the first admin needs a store, passwords, a clock and a logger")
	}
	found, err := hasAdmin(ctx, c.Store)
	if err != nil || found {
		return false, err
	}
	if err := a.Check(); err != nil {
		return false, err
	}
	if err := c.create(ctx, a); err != nil {
		return false, fmt.Errorf("creating the first admin: %w", err)
	}
	return true, nil
}

func (c BootstrapConfig) create(ctx context.Context, a FirstAdmin) error {
	hash, err := c.Passwords.Hash(ctx, a.Password)
	if err != nil {
		return err
	}
	u, err := c.Store.CreateUser(ctx, store.User{
		Username: a.Username, PasswordHash: hash, Admin: true, MustChangePassword: a.mustChange(), CreatedAt: c.Now(),
	})
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("the store has no admin, and its user %q is not one: configure another admin username", a.Username)
	}
	if err != nil {
		return err
	}
	c.Logger.InfoContext(ctx, "first admin created", "user", u.Username, "id", u.ID, "must_change_password", u.MustChangePassword)
	return nil
}

func hasAdmin(ctx context.Context, s Store) (bool, error) {
	for u, err := range s.Users(ctx) {
		if err != nil {
			return false, fmt.Errorf("looking for an admin in the store: %w", err)
		}
		if u.Admin {
			return true, nil
		}
	}
	return false, nil
}

func (a FirstAdmin) mustChange() bool {
	return credential.DefaultPassword(a.Password) && !a.AllowDefaultPassword
}

// Check reports what is missing or unfit. It names the settings, since whoever reads its errors is starting the service.
func (a FirstAdmin) Check() error {
	const (
		setName     = "set MLFLOW_AUTH_ADMIN_USERNAME, or admin_username in the file that MLFLOW_AUTH_CONFIG_PATH names"
		setPassword = "set MLFLOW_AUTH_ADMIN_PASSWORD, or admin_password in the file that MLFLOW_AUTH_CONFIG_PATH names"
	)
	if a.Username == "" {
		return errors.New("the store has no admin yet, and no admin username is configured: " + setName)
	}
	if err := credential.CheckUsername(a.Username); err != nil {
		return fmt.Errorf("the configured admin username cannot be used: %s To change it, %s", asFailure(err).text, setName)
	}
	if a.Password == "" {
		return errors.New("the store has no admin yet, and no admin password is configured (there is no built-in one): " + setPassword)
	}
	if credential.DefaultPassword(a.Password) {
		return nil
	}
	if err := credential.CheckPassword(a.Password); err != nil {
		return fmt.Errorf("the configured admin password cannot be used: %s To change it, %s", asFailure(err).text, setPassword)
	}
	return nil
}
