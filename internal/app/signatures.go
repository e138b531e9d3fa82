package app

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/sigv4"
	"extauthz/authz/mlflow"
	"extauthz/envoy"
	"extauthz/store"
)

// signatures are requests that are signed with an access key (AWS Signature Version 4). nil takes none.
type signatures struct {
	*sigv4.Authenticator
	sealer *sigv4.Sealer
}

// newSignatures returns nil when there is no secret to encrypt those of access keys with.
func newSignatures(c Config, users accounts, used func(authz.Principal), table *mlflow.Table) (*signatures, error) {
	if c.AccessKeySecrets == "" {
		return nil, nil
	}
	sealer, err := newSealer(c.AccessKeySecrets)
	if err != nil {
		return nil, fmt.Errorf("--access-key-secret-file: %w", err)
	}
	a, err := sigv4.New(sigv4.Config{
		Keys: users, Sealer: sealer, Used: used, Now: time.Now, Region: c.SigV4Region,
		UnverifiedBodies: c.SigV4UnverifiedBodies, PartlySignedQueries: !c.SigV4WholeQueries, Reads: reads(table),
	})
	return &signatures{a, sealer}, err
}

// newSealer takes a secret from each line. The first one seals, and all of them open.
func newSealer(lines string) (*sigv4.Sealer, error) {
	var secrets [][]byte
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" {
			secrets = append(secrets, []byte(line))
		}
	}
	return sigv4.NewSealer(secrets...)
}

// reads tells searches from writes: both are POSTs.
func reads(table *mlflow.Table) func(authz.Request) bool {
	return func(r authz.Request) bool {
		op, err := table.Map(r)
		if err != nil || op.Access != authz.AccessAuthenticated && op.Access != authz.AccessGranted {
			return false
		}
		for _, need := range op.Needs {
			if need.Action != authz.CanRead {
				return false
			}
		}
		return op.Response == authz.Filters || len(op.Needs) > 0 && (op.Response == "" || op.Response == authz.Withholds)
	}
}

// NewAccessKey implements api.AccessKeys.
func (s *signatures) NewAccessKey(temporary bool) (id, secret, sessionToken string, sealed []byte) {
	k := sigv4.NewKey()
	if temporary {
		k = sigv4.NewTemporaryKey()
	}
	return k.ID, k.Secret, k.SessionToken, s.sealer.Seal(k)
}

// AccessKey finds an access key's user and what the key is restricted to.
func (a accounts) AccessKey(ctx context.Context, id string) (sigv4.Key, error) {
	found, key, err := a.store.AccountByKey(ctx, store.AccessKey, []byte(id))
	account, err := signsIn(found, err)
	if err != nil {
		return sigv4.Key{}, err
	}
	return sigv4.Key{Principal: issued(account.Principal, authz.BySignature, key), Sealed: key.Sealed, ExpiresAt: key.ExpiresAt}, nil
}

// forgiving lets a signed write that we refused for the moment be sent again with its signature: it never reached MLflow.
type forgiving struct {
	next       envoy.Authorizer
	signatures *signatures
}

func (f forgiving) Authorize(ctx context.Context, r authz.Request) authz.Decision {
	d := f.next.Authorize(ctx, r)
	proved := d.Principal.Method == authz.BySignature && d.Principal.Header == "" // with a Header, Authorization has something else
	if status := d.Reason.Status(); proved && (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) {
		f.signatures.Forget(r)
	}
	return d
}

var _ credential.Scheme = (*signatures)(nil)
