package config

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// iniSettings are the settings that MLflow's basic_auth.ini has.
var iniSettings = map[string]string{
	"default_permission": "default-permission", "admin_username": "admin-username", "admin_password": "admin-password-file",
	"grant_default_workspace_access": "grant-default-workspace-access",
}

// settings of MLflow's file that have no meaning here: its database and caches are the store's business.
var ignoredINI = map[string]bool{
	"database_uri": true, "read_database_uri": true, "authorization_function": true, "workspace_cache_max_size": true,
	"workspace_cache_ttl_seconds": true, "auth_cache_max_size": true, "auth_cache_ttl_seconds": true,
}

// readINI reads a basic_auth.ini. Its errors name the file, the line and the key, and never a value.
func readINI(path string) (layer, []error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, []error{fmt.Errorf("auth config: %w", err)}
	}
	defer f.Close()
	return parseINI(f, path)
}

func parseINI(r io.Reader, path string) (layer, []error) {
	ini := ini{path: path, found: layer{}, seen: map[string]bool{}}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if err := ini.line(n, strings.TrimSpace(lines.Text())); err != nil {
			ini.errs = append(ini.errs, fmt.Errorf("%s: line %d: %w", path, n, err))
		}
	}
	if err := lines.Err(); err != nil {
		ini.errs = append(ini.errs, fmt.Errorf("%s: %w", path, err))
	}
	return ini.found, ini.errs
}

type ini struct {
	path, section string
	seen          map[string]bool
	found         layer
	errs          []error
}

func (i *ini) line(n int, line string) error {
	if line == "" || line[0] == '#' || line[0] == ';' {
		return nil
	}
	if name, ok := strings.CutPrefix(line, "["); ok {
		i.section = strings.TrimSuffix(name, "]")
		return nil
	}
	if i.section != "mlflow" {
		return errors.New("settings belong into the section [mlflow]")
	}
	key, value, ok := cutSetting(line)
	if !ok || i.seen[key] {
		return errors.New("want one `key = value` for each key")
	}
	i.seen[key] = true
	name, ok := iniSettings[key]
	switch {
	case ok:
		i.found[name] = given{origin: fromINI(i.path, n, key), texts: []string{value}, direct: true}
	case !ignoredINI[key]:
		return errors.New(key + ": no such setting; known are default_permission, admin_username, admin_password and grant_default_workspace_access")
	}
	return nil
}

// cutSetting splits at the first '=' or ':', as Python's configparser does.
func cutSetting(line string) (key, value string, ok bool) {
	i := strings.IndexAny(line, "=:")
	if i < 1 {
		return "", "", false
	}
	return strings.ToLower(strings.TrimSpace(line[:i])), strings.ReplaceAll(strings.TrimSpace(line[i+1:]), "%%", "%"), true
}
