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

func tokenMade(_ newCredential, made madeCredential) any {
	return map[string]any{"token": made.Secret, "username": made.Username, "credential": aCredential(made.Credential)}
}

func accessKeyMade(_ newAccessKey, made madeCredential) any {
	return map[string]any{
		"access_key_id": string(made.Key), "secret_access_key": made.Secret, "session_token": made.SessionToken, "username": made.Username, "credential": aCredential(made.Credential),
	}
}

func credentialList(_ maybeUser, all userCredentials) any {
	listed := make([]credentialObject, 0, len(all.Credentials))
	for _, c := range all.Credentials {
		listed = append(listed, aCredential(c))
	}
	return map[string]any{"username": all.Username, "credentials": listed}
}
