package main

import "github.com/spf13/cobra"

func grantCommand() *cobra.Command {
	var toRole bool
	cmd := adminCommand("grant USERNAME RESOURCE PERMISSION", "Grant a permission to a user, or change it", func(s session, args []string) error {
		return s.grant(args, toRole)
	})
	cmd.Long = "Grant a permission to a user, or with --role to a role. Where there is one it is changed, and the same permission twice is no error.\n\n" +
		"RESOURCE is TYPE/ID: experiment/7, registered_model/churn, experiment/* for all of a type, workspace/team for everything in a workspace.\n" +
		"PERMISSION is READ, USE, EDIT, MANAGE, NO_PERMISSIONS or DENY."
	cmd.Example = "  extauthz grant alice experiment/7 EDIT\n  extauthz grant --role analysts 'registered_model/*' READ"
	cmd.Flags().BoolVar(&toRole, "role", false, "the first argument is a role's name")
	return cmd
}

func revokeCommand() *cobra.Command {
	var fromRole bool
	cmd := adminCommand("revoke USERNAME RESOURCE", "Take a permission back", func(s session, args []string) error {
		return s.revoke(args, fromRole)
	})
	cmd.Long = "Take back what was granted to a user, or with --role to a role, directly. What roles or the default give the user stays: to keep somebody\n" +
		"out of it, grant NO_PERMISSIONS or DENY."
	cmd.Flags().BoolVar(&fromRole, "role", false, "the first argument is a role's name")
	return cmd
}

func roleGrantCommand() *cobra.Command {
	cmd := adminCommand("grant ROLE RESOURCE PERMISSION", "Grant a permission to a role, or change it", func(s session, args []string) error {
		return s.grant(args, true)
	})
	cmd.Long = "Grant a permission to a role, in its workspace. RESOURCE is TYPE/ID, as in experiment/7, experiment/* or workspace/*."
	return cmd
}

func roleRevokeCommand() *cobra.Command {
	return adminCommand("revoke ROLE RESOURCE", "Take a permission back from a role", func(s session, args []string) error {
		return s.revoke(args, true)
	})
}

// settingAnswer is a permission that was set, or taken back when Permission is null.
type settingAnswer struct {
	Permission struct {
		Before       *string `json:"before"`
		Permission   *string `json:"permission"`
		ResourceID   string  `json:"resource_id"`
		ResourceType string  `json:"resource_type"`
		Workspace    string  `json:"workspace"`
	} `json:"permission"`
}

func (s session) grant(args []string, role bool) error {
	permission, err := permissionNamed(args[2])
	if err != nil {
		return err
	}
	r, in, err := s.setting(args, role)
	if err != nil {
		return err
	}
	in["permission"] = permission
	var set settingAnswer
	if err := s.in(r).call("POST", ours+"permissions/set", in, &set); err != nil {
		return err
	}
	before := set.Permission.Before
	switch {
	case before == nil:
		return s.say(set, "%s has %s on %s", args[0], permission, r)
	case *before == permission:
		return s.say(set, "%s has %s on %s, as before", args[0], permission, r)
	default:
		return s.say(set, "%s has %s on %s; it was %s", args[0], permission, r, *before)
	}
}

func (s session) revoke(args []string, role bool) error {
	r, in, err := s.setting(args, role)
	if err != nil {
		return err
	}
	var set settingAnswer
	if err := s.in(r).call("POST", ours+"permissions/unset", in, &set); err != nil {
		return err
	}
	if set.Permission.Before == nil {
		return s.say(set, "%s has nothing on %s directly any more", args[0], r)
	}
	return s.say(set, "took %s on %s from %s", *set.Permission.Before, r, args[0])
}

// setting says who and on what.
func (s session) setting(args []string, role bool) (resource, map[string]any, error) {
	r, err := parseResource(args[1], s.workspace())
	if err != nil {
		return r, nil, err
	}
	in := map[string]any{"resource_type": r.kind, "resource_id": r.id}
	if !role {
		in["username"] = args[0]
		return r, in, nil
	}
	found, err := s.in(r).role(args[0])
	in["role_id"] = found.ID
	return r, in, err
}
