package api

import (
	"cmp"
	"context"
	"errors"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/store"
)

// newCredential is what a token or an access key is to be. Without a username it is the caller's own.
type newCredential struct {
	Username  string    `json:"username" api:"max=1024"`
	Name      string    `json:"name" api:"required,name"`
	ExpiresIn *int64    `json:"expires_in" api:"min=1"` // seconds; absent: the longest that is allowed
	ReadOnly  bool      `json:"read_only"`
	Resources []ceiling `json:"resources" api:"max=64"` // absent: all of the user's
	extra
}

// newAccessKey may be temporary: then it has a session token as well.
type newAccessKey struct {
	newCredential
	Temporary bool `json:"temporary"`
}

// byCredential names one of a user's credentials.
type byCredential struct {
	Username string `json:"username" api:"max=1024"`
	Name     string `json:"name" api:"required,name"`
	extra
}

// maybeUser is for operations that are about the caller unless they name somebody.
type maybeUser struct {
	Username string `json:"username" api:"max=1024"`
	extra
}

// madeCredential is a new credential with its secret, which nobody will see again.
type madeCredential struct {
	store.Credential
	Username     string
	Secret       string
	SessionToken string
}

// userCredentials are those of one kind.
type userCredentials struct {
	Username    string
	Credentials []store.Credential
}

// createToken issues a token. A token or an access key issues none for its own user: who has stolen one could otherwise outlive its expiry and
// its revocation.
func (o *operations) createToken(ctx context.Context, c caller, in newCredential) (madeCredential, error) {
	token, digest := credential.NewToken()
	return o.issue(ctx, c, in, store.Credential{Kind: store.Token, Key: digest[:]}, token)
}

// createAccessKey issues the id and the secret of an access key, for clients that sign with AWS Signature Version 4.
func (o *operations) createAccessKey(ctx context.Context, c caller, in newAccessKey) (madeCredential, error) {
	if o.accessKeys == nil {
		return madeCredential{}, badRequest("Access keys are switched off: the service has no key to encrypt their secrets with. An operator can set one.")
	}
	if in.Temporary && in.ExpiresIn == nil {
		return madeCredential{}, invalid("A temporary access key must expire: say when ('expires_in', in seconds).")
	}
	id, secret, sessionToken, sealed := o.accessKeys.NewAccessKey(in.Temporary)
	made, err := o.issue(ctx, c, in.newCredential, store.Credential{Kind: store.AccessKey, Key: []byte(id), Sealed: sealed}, secret)
	made.SessionToken = sessionToken
	return made, err
}

func (o *operations) issue(ctx context.Context, c caller, in newCredential, made store.Credential, secret string) (madeCredential, error) {
	u, err := o.credentialUser(ctx, c, in.Username)
	if err != nil {
		return madeCredential{}, err
	}
	if c.is(u.Username) && (c.Method == authz.ByToken || c.Method == authz.BySignature) {
		return madeCredential{}, denied("a token or an access key cannot issue another one for its user. Sign in with the password, or ask an admin.")
	}
	scope, malformed := in.scope()
	if err := cmp.Or(in.refuse(), named("name", in.Name), malformed, o.expiry(in.ExpiresIn, &made.ExpiresAt)); err != nil {
		return madeCredential{}, err
	}
	made.UserID, made.Name, made.Scope, made.CreatedAt = u.ID, in.Name, scope, o.now()
	made, err = o.store.CreateCredential(ctx, made)
	if errors.Is(err, store.ErrExists) {
		return madeCredential{}, exists("User %s has a credential named %s already. Revoke it, or choose another name.", quote(u.Username), quote(in.Name))
	}
	if err != nil {
		return madeCredential{}, err
	}
	o.log.InfoContext(ctx, "credential issued", "by", c.Username, "user", u.Username, "kind", string(made.Kind), "name", made.Name, "id", made.ID)
	return madeCredential{Credential: made, Username: u.Username, Secret: secret}, nil
}

// credentialUser is whose credentials the caller may look at and change: the caller's own, or for an admin anybody's.
func (o *operations) credentialUser(ctx context.Context, c caller, username string) (store.User, error) {
	username = cmp.Or(username, c.Username)
	if err := cmp.Or(named("username", username), c.mustBe(username)); err != nil {
		return store.User{}, err
	}
	return o.user(ctx, username)
}

// expiry is when a new credential ends, within the operator's limit.
func (o *operations) expiry(seconds *int64, at *time.Time) error {
	longest := int64(o.maxCredentialAge / time.Second)
	switch {
	case seconds == nil && longest == 0:
		return nil
	case seconds == nil:
		seconds = &longest
	case *seconds <= 0 || *seconds > int64(100*365*24*time.Hour/time.Second):
		return invalid("Invalid value for parameter 'expires_in': it is a number of seconds above zero, or absent.")
	case longest > 0 && *seconds > longest:
		return invalid("Invalid value for parameter 'expires_in': credentials live %d seconds (%.4g days) here at most.", longest, float64(longest)/(24*60*60))
	}
	*at = o.now().Add(time.Duration(*seconds) * time.Second).Truncate(time.Second)
	return nil
}

func (o *operations) listTokens(ctx context.Context, c caller, in maybeUser) (userCredentials, error) {
	return o.credentialsOf(ctx, c, in, store.Token)
}

func (o *operations) listAccessKeys(ctx context.Context, c caller, in maybeUser) (userCredentials, error) {
	return o.credentialsOf(ctx, c, in, store.AccessKey)
}

func (o *operations) credentialsOf(ctx context.Context, c caller, in maybeUser, kind store.CredentialKind) (userCredentials, error) {
	u, err := o.credentialUser(ctx, c, in.Username)
	if err = cmp.Or(err, in.refuse()); err != nil {
		return userCredentials{}, err
	}
	all := userCredentials{Username: u.Username}
	for one, err := range o.store.Credentials(ctx, u.ID) {
		if err != nil {
			return userCredentials{}, err
		}
		if one.Kind == kind {
			all.Credentials = append(all.Credentials, one)
		}
	}
	return all, nil
}

func (o *operations) deleteToken(ctx context.Context, c caller, in byCredential) (nothing, error) {
	return o.revoke(ctx, c, in, store.Token)
}

func (o *operations) deleteAccessKey(ctx context.Context, c caller, in byCredential) (nothing, error) {
	return o.revoke(ctx, c, in, store.AccessKey)
}

// revoke ends a credential. It holds from the next check on, on every replica that has seen the write.
func (o *operations) revoke(ctx context.Context, c caller, in byCredential, kind store.CredentialKind) (nothing, error) {
	all, err := o.credentialsOf(ctx, c, maybeUser{Username: in.Username}, kind)
	if err = cmp.Or(err, in.refuse(), named("name", in.Name)); err != nil {
		return nothing{}, err
	}
	for _, one := range all.Credentials {
		if one.Name == in.Name {
			err = o.store.DeleteCredential(ctx, one.UserID, one.ID)
			if !errors.Is(err, store.ErrNotFound) {
				o.log.InfoContext(ctx, "credential revoked", "by", c.Username, "user", all.Username, "kind", string(kind), "name", in.Name, "id", one.ID)
				return nothing{}, err
			}
		}
	}
	return nothing{}, absent("User %s has no such credential: %s", quote(all.Username), quote(in.Name))
}
