package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// semver is a version as it is written here: without a "v", with a pre-release perhaps.
var semver = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$`)

// notes are a version's section of the changelog: "## [1.2.3] - 2026-11-25" and what follows, up to the next.
func notes(path, version string) (string, error) {
	if !semver.MatchString(version) {
		return "", fmt.Errorf("version %q: give it as 1.2.3 or 1.2.3-rc.1", version)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	heading := regexp.MustCompile(`(?m)^## \[` + regexp.QuoteMeta(version) + `\] - \d{4}-\d{2}-\d{2}$`)
	at := heading.FindIndex(text)
	if at == nil {
		return "", fmt.Errorf("%s has no section \"## [%s] - YYYY-MM-DD\": write what changes, and for whom, before the release", path, version)
	}
	section, _, _ := strings.Cut(string(text[at[1]:]), "\n## ")
	section = strings.TrimSpace(section)
	if section == "" {
		return "", fmt.Errorf("%s says nothing about %s", path, version)
	}
	return section + "\n", nil
}
