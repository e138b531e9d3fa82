package app

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"extauthz/authz"
)

// AuthINI is what MLflow's basic_auth.ini configures. The zero value of a field means that the file does not set it.
type AuthINI struct {
	DefaultPermission           authz.Permission
	AdminUsername               string
	AdminPassword               string
	GrantDefaultWorkspaceAccess bool
}

// settings of MLflow's file that have no meaning here: its database and caches are the store's business.
var ignoredSettings = map[string]bool{
	"database_uri": true, "read_database_uri": true, "authorization_function": true, "workspace_cache_max_size": true,
	"workspace_cache_ttl_seconds": true, "auth_cache_max_size": true, "auth_cache_ttl_seconds": true,
}

// ReadAuthINI reads a basic_auth.ini. Its errors name the file, the line and the key, and never a value.
func ReadAuthINI(path string) (AuthINI, error) {
	f, err := os.Open(path)
	if err != nil {
		return AuthINI{}, fmt.Errorf("auth config: %w", err)
	}
	defer f.Close()
	ini, err := parseAuthINI(f)
	if err != nil {
		return ini, fmt.Errorf("auth config %s: %w", path, err)
	}
	return ini, nil
}

func parseAuthINI(r io.Reader) (AuthINI, error) {
	var ini AuthINI
	section, seen := "", map[string]bool{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSuffix(name, "]")
			continue
		}
		if section != "mlflow" {
			return ini, fmt.Errorf("line %d: settings belong into the section [mlflow]", n)
		}
		key, value, ok := cutSetting(line)
		if !ok || seen[key] {
			return ini, fmt.Errorf("line %d: want one `key = value` for each key", n)
		}
		seen[key] = true
		if err := ini.set(key, value); err != nil {
			return ini, fmt.Errorf("line %d: %s: %w", n, key, err)
		}
	}
	return ini, lines.Err()
}

// cutSetting splits at the first '=' or ':', as Python's configparser does.
func cutSetting(line string) (key, value string, ok bool) {
	i := strings.IndexAny(line, "=:")
	if i < 1 {
		return "", "", false
	}
	return strings.ToLower(strings.TrimSpace(line[:i])), strings.ReplaceAll(strings.TrimSpace(line[i+1:]), "%%", "%"), true
}

func (ini *AuthINI) set(key, value string) (err error) {
	switch key {
	case "default_permission":
		ini.DefaultPermission, err = authz.ParsePermission(value)
	case "admin_username":
		ini.AdminUsername = value
	case "admin_password":
		ini.AdminPassword = value
	case "grant_default_workspace_access":
		if ini.GrantDefaultWorkspaceAccess, err = strconv.ParseBool(strings.ToLower(value)); err != nil {
			err = fmt.Errorf("want true or false")
		}
	default:
		if !ignoredSettings[key] {
			err = fmt.Errorf("no such setting; known are default_permission, admin_username, admin_password and grant_default_workspace_access")
		}
	}
	return err
}
