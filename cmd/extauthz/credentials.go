package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// What tokens and access keys have in common.

// newCredentialFlags say whose it is and what it is good for.
type newCredentialFlags struct {
	username  string
	expiresIn lifetime
	readOnly  bool
	resources []string
}

func (n *newCredentialFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&n.username, "user", "", "for this user, by an admin (yourself by default)")
	f.Var(&n.expiresIn, "expires-in", "how long it lives: 90d, 12h, 30m")
	f.BoolVar(&n.readOnly, "read-only", false, "good for reading only")
	f.StringArrayVar(&n.resources, "resource", nil, "good for this resource only, up to this permission: experiment/7=EDIT; several are allowed")
}

func (n newCredentialFlags) request(name string) (newToken, error) {
	in := newToken{Username: n.username, Name: name, ExpiresIn: n.expiresIn.seconds(), ReadOnly: n.readOnly}
	for _, text := range n.resources {
		at := strings.LastIndexByte(text, '=')
		if at < 0 {
			return in, usage("--resource %q: write it with a permission, as in experiment/7=READ", text)
		}
		r, err := parseResource(text[:at], "")
		if err != nil {
			return in, err
		}
		permission, err := permissionNamed(text[at+1:])
		if err != nil {
			return in, err
		}
		in.Resources = append(in.Resources, ceilingAnswer{Permission: permission, ResourceID: r.id, ResourceType: r.kind, Workspace: r.workspace})
	}
	return in, nil
}

type credentialsAnswer struct {
	Username    string             `json:"username"`
	Credentials []credentialAnswer `json:"credentials"`
}

func credentialListCommand(kind, short string) *cobra.Command {
	var username string
	cmd := adminCommand("list", short, func(s session, _ []string) error {
		var all credentialsAnswer
		if err := s.get(ours+kind+"/list", &all, "username", username); err != nil {
			return err
		}
		t := table{head: []string{"NAME", "CREATED", "EXPIRES", "LAST USED", "GOOD FOR"}}
		if kind == "access-keys" {
			t.head = append([]string{"ID"}, t.head...)
		}
		for _, c := range all.Credentials {
			cells := []string{c.Name, moment(&c.CreatedAt, ""), moment(c.ExpiresAt, "never"), moment(c.LastUsedAt, "never"), c.scope()}
			if kind == "access-keys" {
				cells = append([]string{c.AccessKeyID}, cells...)
			}
			t.row(cells...)
		}
		return s.showTable(all, t)
	})
	cmd.Flags().StringVar(&username, "user", "", "of this user, by an admin (yourself by default)")
	return cmd
}

func credentialRevokeCommand(kind, called string) *cobra.Command {
	var username string
	cmd := adminCommand("revoke NAME", "Revoke one; it is dead from the next request on", func(s session, args []string) error {
		in := map[string]string{"name": args[0]}
		if username != "" {
			in["username"] = username
		}
		if err := s.call("DELETE", ours+kind+"/delete", in, nil); err != nil {
			return err
		}
		return s.say(in, "revoked the %s %s", called, args[0])
	})
	cmd.Flags().StringVar(&username, "user", "", "of this user, by an admin (yourself by default)")
	return cmd
}
