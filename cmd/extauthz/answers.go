package main

import "time"

// What the admin API answers, as far as the commands show it; docs/reference/auth-api.md has the whole.

type userAnswer struct {
	CreatedAt          time.Time `json:"created_at"`
	Disabled           bool      `json:"disabled"`
	ID                 uint64    `json:"id"`
	IsAdmin            bool      `json:"is_admin"`
	MustChangePassword bool      `json:"must_change_password"`
	ServiceAccount     bool      `json:"service_account"`
	Username           string    `json:"username"`
}

type roleAnswer struct {
	DefaultPermission string             `json:"default_permission,omitzero"`
	Description       *string            `json:"description"`
	ID                uint64             `json:"id"`
	Name              string             `json:"name"`
	Permissions       []permissionAnswer `json:"permissions"`
	Workspace         string             `json:"workspace"`
}

type permissionAnswer struct {
	ID              uint64 `json:"id"`
	Permission      string `json:"permission"`
	ResourcePattern string `json:"resource_pattern"`
	ResourceType    string `json:"resource_type"`
}

type roleNameAnswer struct {
	ID        uint64 `json:"id"`
	Name      string `json:"name"`
	Workspace string `json:"workspace"`
}

type credentialAnswer struct {
	AccessKeyID string          `json:"access_key_id,omitzero"`
	CreatedAt   time.Time       `json:"created_at"`
	ExpiresAt   *time.Time      `json:"expires_at"`
	ID          uint64          `json:"id"`
	LastUsedAt  *time.Time      `json:"last_used_at"`
	Name        string          `json:"name"`
	ReadOnly    bool            `json:"read_only"`
	Resources   []ceilingAnswer `json:"resources"`
}

type ceilingAnswer struct {
	Permission   string `json:"permission"`
	ResourceID   string `json:"resource_id"`
	ResourceType string `json:"resource_type"`
	Workspace    string `json:"workspace,omitzero"`
}

// selfAnswer is who the caller is.
type selfAnswer struct {
	User struct {
		ID       uint64 `json:"id"`
		IsAdmin  bool   `json:"is_admin"`
		Username string `json:"username"`
	} `json:"user"`
	Method             string            `json:"method"`
	MustChangePassword bool              `json:"must_change_password"`
	Roles              []roleNameAnswer  `json:"roles"`
	Credential         *credentialAnswer `json:"credential"`
}
