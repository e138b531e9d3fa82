package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"extauthz/authz"
	"extauthz/internal/client"
)

func roleCommand() *cobra.Command {
	return group("role", "Roles: permissions for whoever has the role",
		roleCreateCommand(), roleListCommand(), roleShowCommand(), roleDeleteCommand(), roleAssignCommand(), roleUnassignCommand(),
		roleGrantCommand(), roleRevokeCommand(), roleDefaultCommand())
}

type byRoleID struct {
	RoleID uint64 `json:"role_id"`
}

// roles are those of the workspace.
func (s session) roles(workspace string) ([]roleAnswer, error) {
	var all struct {
		Roles []roleAnswer `json:"roles"`
	}
	err := s.get(p3+"roles/list", &all, "workspace", workspace)
	return all.Roles, err
}

// role finds a role by its name in the session's workspace.
func (s session) role(name string) (roleAnswer, error) {
	workspace := cmp.Or(s.workspace(), authz.DefaultWorkspace)
	all, err := s.roles(workspace)
	if err != nil {
		return roleAnswer{}, err
	}
	for _, r := range all {
		if r.Name == name {
			return r, nil
		}
	}
	return roleAnswer{}, fmt.Errorf("there is no role %q in workspace %s\nhint: `extauthz role list --all-workspaces` shows which there are", name, workspace)
}

func roleCreateCommand() *cobra.Command {
	var description string
	cmd := adminCommand("create ROLE", "Make a role, which holds nothing yet", func(s session, args []string) error {
		in := map[string]string{"name": args[0], "workspace": cmp.Or(s.workspace(), authz.DefaultWorkspace)}
		if description != "" {
			in["description"] = description
		}
		var made struct {
			Role roleAnswer `json:"role"`
		}
		if err := s.call("POST", p3+"roles/create", in, &made); err != nil {
			return err
		}
		return s.say(made, "created role %s", qualified(made.Role.Name, made.Role.Workspace))
	})
	cmd.Flags().StringVar(&description, "description", "", "what it is for")
	return cmd
}

func roleDeleteCommand() *cobra.Command {
	return roleChange("delete ROLE", "Delete a role with what it holds", "deleted role %s", func(s session, r roleAnswer, _ []string) error {
		return s.call("DELETE", p3+"roles/delete", byRoleID{r.ID}, nil)
	})
}

func roleAssignCommand() *cobra.Command {
	return roleChange("assign ROLE USERNAME", "Give a role to a user", "role %s is %s's", func(s session, r roleAnswer, args []string) error {
		return s.unlessDone("POST", p3+"roles/assign", map[string]any{"role_id": r.ID, "username": args[0]})
	})
}

func roleUnassignCommand() *cobra.Command {
	return roleChange("unassign ROLE USERNAME", "Take a role from a user", "role %s is no longer %s's", func(s session, r roleAnswer, args []string) error {
		return s.call("DELETE", p3+"roles/unassign", map[string]any{"role_id": r.ID, "username": args[0]}, nil)
	})
}

func roleDefaultCommand() *cobra.Command {
	const long = "Set what takes the place of the service's default permission for whoever has the role, in all workspaces. PERMISSION none takes it back."
	cmd := roleChange("default ROLE PERMISSION", "Set a role's default permission", "the default permission of role %s is %s",
		func(s session, r roleAnswer, args []string) error {
			in := map[string]any{"role_id": r.ID, "default_permission": nil}
			if args[0] != "none" {
				p, err := permissionNamed(args[0])
				if err != nil {
					return err
				}
				in["default_permission"] = p
			}
			return s.call("PATCH", ours+"roles/update-default", in, nil)
		})
	cmd.Long = long
	return cmd
}

// roleChange is a command that does something to a role, and says so: done has a place for each argument.
func roleChange(use, short, done string, change func(s session, r roleAnswer, rest []string) error) *cobra.Command {
	return adminCommand(use, short, func(s session, args []string) error {
		r, err := s.role(args[0])
		if err != nil {
			return err
		}
		if err := change(s, r, args[1:]); err != nil {
			return err
		}
		words := make([]any, len(args))
		for i, arg := range args {
			words[i] = arg
		}
		words[0] = qualified(r.Name, r.Workspace)
		return s.say(map[string]any{"role": r.Name, "role_id": r.ID, "workspace": r.Workspace}, done, words...)
	})
}

// unlessDone is content when it was so before.
func (s session) unlessDone(method, path string, in any) error {
	err := s.call(method, path, in, nil)
	if refused, ok := errors.AsType[*client.Error](err); ok && refused.Code == "RESOURCE_ALREADY_EXISTS" {
		return nil
	}
	return err
}
