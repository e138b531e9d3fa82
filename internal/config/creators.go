package config

import (
	"fmt"
	"slices"
	"strings"

	"extauthz/authz"
)

// parseCreators reads who may create what: "experiment=admins", "registered_model=roles:leads,analysts", "prompt=everyone". Several may stand
// in one text, with semicolons between them. What is not named is everybody's to create, as in MLflow.
func parseCreators(texts []string) (map[authz.Kind]authz.Creators, error) {
	creators := map[authz.Kind]authz.Creators{}
	for _, text := range texts {
		for one := range strings.SplitSeq(text, ";") {
			if one = strings.TrimSpace(one); one == "" {
				continue
			}
			kind, who, err := parseCreator(one)
			if err != nil {
				return nil, err
			}
			if _, twice := creators[kind]; twice {
				return nil, fmt.Errorf("%q: who may create what is a %s is set twice", one, kind)
			}
			creators[kind] = who
		}
	}
	return creators, nil
}

func parseCreator(text string) (authz.Kind, authz.Creators, error) {
	name, who, _ := strings.Cut(text, "=")
	kind := authz.Kind(name)
	if !slices.Contains(authz.Creatable(), kind) {
		return kind, authz.Creators{}, fmt.Errorf("%q: %q is nothing that creators can be set for; use one of %v", text, name, authz.Creatable())
	}
	roles, isRoles := strings.CutPrefix(who, "roles:")
	switch {
	case who == "everyone":
		return kind, authz.Creators{Everybody: true}, nil
	case who == "admins":
		return kind, authz.Creators{}, nil
	case isRoles:
		names := strings.Split(roles, ",")
		if slices.Contains(names, "") {
			return kind, authz.Creators{}, fmt.Errorf("%q: a role without a name", text)
		}
		return kind, authz.Creators{Roles: names}, nil
	default:
		return kind, authz.Creators{}, fmt.Errorf("%q: say everyone, admins or roles:a,b", text)
	}
}

func printCreators(c authz.Creators) string {
	switch {
	case c.Everybody:
		return "everyone"
	case len(c.Roles) > 0:
		return "roles:" + strings.Join(c.Roles, ",")
	default:
		return "admins"
	}
}
