package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// source is the commit that is built, and what is stamped on the results.
type source struct {
	version  string
	revision string // with "-dirty" where the tree has changes
	at       time.Time
}

// readSource asks git in the working directory. Without git there is a version all the same: sources are handed out as archives, too.
func readSource(ctx context.Context, version string) (source, error) {
	s := source{version: version, revision: "unknown", at: time.Unix(0, 0).UTC()}
	if commit, err := git(ctx, "log", "-1", "--format=%H %ct"); err == nil {
		revision, seconds, _ := strings.Cut(commit, " ")
		s.revision = revision
		if s.at, err = epoch(seconds); err != nil {
			return s, err
		}
		if changes, err := git(ctx, "status", "--porcelain"); err != nil || changes != "" {
			s.revision += "-dirty"
		}
	}
	if given, set := os.LookupEnv("SOURCE_DATE_EPOCH"); set {
		var err error
		if s.at, err = epoch(given); err != nil {
			return s, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
		}
	}
	return s, nil
}

func epoch(seconds string) (time.Time, error) {
	n, err := strconv.ParseInt(seconds, 10, 64)
	return time.Unix(n, 0).UTC(), err
}

func git(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "git", args...).Output()
	return strings.TrimSpace(string(out)), err
}

// clean refuses a tree from which nobody else could build the same.
func clean(ctx context.Context) error {
	changes, err := git(ctx, "status", "--porcelain")
	if err != nil {
		return errors.New("a release is made in a git checkout")
	}
	if changes != "" {
		return fmt.Errorf("the working tree has changes; commit them first:\n%s", changes)
	}
	return nil
}
