package authz

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Creators says who may create things of a kind, besides admins and who manages the workspace. The zero value is nobody else.
type Creators struct {
	Everybody bool
	Roles     []string // names of roles in the workspace where the thing is to be
}

// RoleNames finds the id of a role by its name; 0 when there is none.
type RoleNames interface {
	RoleNamed(ctx context.Context, workspace, name string) (uint64, error)
}

// Creatable are the kinds whose creators can be set: what lies in a workspace directly.
func Creatable() []Kind {
	return []Kind{Experiment, RegisteredModel, Prompt, GatewaySecret, GatewayEndpoint, GatewayModelDefinition, MCPServer, Skill}
}

// makes judges the creation that an operation is.
func (a *Authorizer) makes(ctx context.Context, p Principal, op Operation) error {
	if op.Response != Creates || op.perhapsMakes() {
		return nil
	}
	return a.mayMake(ctx, p, op.Subject.Resource)
}

// perhapsMakes reports that the subject is made only if it is not there yet, which its need finds out (Resolution.Vacant).
func (op Operation) perhapsMakes() bool {
	toBe := map[Kind]RefKind{MCPServer: RefMCPServerToBe, Skill: RefSkillToBe}[op.Subject.Resource.Kind]
	return toBe != 0 && slices.ContainsFunc(op.Needs, func(n Need) bool { return n.Ref.Kind == toBe })
}

// mayMake judges who may create things of this kind at all. A kind that nothing is said of is everybody's to create, whatever the default
// permission is: that is about what others made.
func (a *Authorizer) mayMake(ctx context.Context, p Principal, r Resource) error {
	who, set := a.Creators[r.Kind]
	if p.Admin || !set || who.Everybody {
		return nil
	}
	workspace := Ref{Workspace: r.Workspace}.In(Workspace, AnyID)
	if held, err := a.held(ctx, p, workspace); err != nil || held == Manage {
		return err
	}
	for _, name := range who.Roles {
		id, err := a.RoleNames.RoleNamed(ctx, workspace.Workspace, name)
		if err != nil {
			return storeFailed(err)
		}
		if id != 0 && slices.Contains(p.Roles, id) {
			return nil
		}
	}
	return Refuse(NotCreator, who.refusal(r.Kind))
}

func (c Creators) refusal(kind Kind) string {
	what := strings.ReplaceAll(string(kind), "_", " ")
	if len(c.Roles) == 0 {
		return fmt.Sprintf("Permission denied: only admins create %ss here. Ask one to create it, and to grant you MANAGE on it.", what)
	}
	return fmt.Sprintf("Permission denied: only admins and whoever has the role %s create %ss here. Ask an admin for the role.",
		strings.Join(c.Roles, " or "), what)
}
