package api

import (
	"time"

	"extauthz/authz"
	"extauthz/store"
)

// credentialObject is a token or an access key as it is listed. Times are RFC 3339; null is never.
type credentialObject struct {
	AccessKeyID string          `json:"access_key_id,omitempty"`
	CreatedAt   time.Time       `json:"created_at"`
	ExpiresAt   *time.Time      `json:"expires_at"`
	ID          uint64          `json:"id"`
	LastUsedAt  *time.Time      `json:"last_used_at"`
	Name        string          `json:"name"`
	ReadOnly    bool            `json:"read_only"`
	Resources   []ceilingObject `json:"resources"`
}

type ceilingObject struct {
	Permission   string `json:"permission"`
	ResourceID   string `json:"resource_id"`
	ResourceType string `json:"resource_type"`
	Workspace    string `json:"workspace"`
}

func aCredential(c store.Credential) credentialObject {
	o := credentialObject{
		CreatedAt: c.CreatedAt, ExpiresAt: maybe(c.ExpiresAt), ID: c.ID, LastUsedAt: maybe(c.LastUsedAt), Name: c.Name,
		Resources: ceilings(c.Scope),
	}
	if c.Kind == store.AccessKey {
		o.AccessKeyID = string(c.Key)
	}
	if c.Scope != nil {
		o.ReadOnly = c.Scope.ReadOnly
	}
	return o
}

func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// ceilings are null when the credential is for everything.
func ceilings(s *authz.Scope) []ceilingObject {
	if s == nil {
		return nil
	}
	var all []ceilingObject
	for _, c := range s.Ceilings {
		all = append(all, ceilingObject{c.Permission.String(), c.Resource.ID, string(c.Resource.Kind), c.Resource.Workspace})
	}
	return all
}

type tokenAnswer struct {
	Credential credentialObject `json:"credential"`
	Token      string           `json:"token"`
	Username   string           `json:"username"`
}

func tokenMade(_ newCredential, made madeCredential) tokenAnswer {
	return tokenAnswer{aCredential(made.Credential), made.Secret, made.Username}
}

type accessKeyAnswer struct {
	AccessKeyID     string           `json:"access_key_id"`
	Credential      credentialObject `json:"credential"`
	SecretAccessKey string           `json:"secret_access_key"`
	SessionToken    string           `json:"session_token"`
	Username        string           `json:"username"`
}

func accessKeyMade(_ newAccessKey, made madeCredential) accessKeyAnswer {
	return accessKeyAnswer{
		AccessKeyID: string(made.Key), SecretAccessKey: made.Secret, SessionToken: made.SessionToken, Username: made.Username,
		Credential: aCredential(made.Credential),
	}
}

type credentialListAnswer struct {
	Credentials []credentialObject `json:"credentials"`
	Username    string             `json:"username"`
}

func credentialList(_ maybeUser, all userCredentials) credentialListAnswer {
	listed := make([]credentialObject, 0, len(all.Credentials))
	for _, c := range all.Credentials {
		listed = append(listed, aCredential(c))
	}
	return credentialListAnswer{listed, all.Username}
}
