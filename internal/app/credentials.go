package app

import (
	"log/slog"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/store"
)

// credentials are the kinds that requests are authenticated by, and what else needs their parts.
type credentials struct {
	oneOf      *credential.OneOf
	passwords  passwords
	assertions *credential.Assertions
	usage      *credential.Usage
}

// usageInterval is how often the last uses of tokens and access keys are written down.
const usageInterval = time.Minute

func newCredentials(c Config, s store.Store, log *slog.Logger) (*credentials, error) {
	users := accounts{s}
	hasher, err := credential.NewHasher(credential.HasherConfig{})
	if err != nil {
		return nil, err
	}
	usage := credential.NewUsage(s.Touch, time.Now, log)
	bearer := &credential.Bearer{Tokens: users, Now: time.Now, Used: usage.Used}
	basic, err := credential.NewBasic(credential.Config{Accounts: users, Hasher: hasher, Logger: log, Upgrade: users.upgrade, Tokens: bearer})
	if err != nil {
		return nil, err
	}
	assertions, err := credential.NewAssertions([]byte(c.SecretKey), users, time.Now)
	if err != nil {
		return nil, err
	}
	return &credentials{
		passwords: passwords{hasher, basic}, assertions: assertions, usage: usage,
		oneOf: &credential.OneOf{Authorization: []credential.Scheme{basic, bearer}, Gateway: gatewayPrefixes(c.StaticPrefix)},
	}, nil
}

// forEndpoints authenticates what reaches our own endpoints: they believe the check, and take every credential that the check takes.
func (c *credentials) forEndpoints() authz.Authenticator {
	o := *c.oneOf
	o.Others = append([]credential.Scheme{c.assertions}, o.Others...)
	return &o
}

func gatewayPrefixes(staticPrefix string) []string {
	if staticPrefix == "" {
		return []string{"/gateway/"}
	}
	return []string{"/gateway/", staticPrefix + "/gateway/"}
}
