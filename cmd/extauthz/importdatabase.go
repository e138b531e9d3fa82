package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"extauthz/internal/migrate"
	"extauthz/internal/secret"
)

// database is one that extauthz-import reads for us.
type database struct{ flag, url, passwordFile string }

func (d *database) flags(cmd *cobra.Command, help string) {
	cmd.Flags().StringVar(&d.url, d.flag, "", help)
	cmd.Flags().StringVar(&d.passwordFile, d.flag+"-password-file", "", "file with the password for --"+d.flag)
}

// read gives the zero Dump when no database is named. dump:FILE is what extauthz-import has printed on another machine.
func (d database) read(ctx context.Context) (migrate.Dump, error) {
	if d.url == "" {
		return migrate.Dump{}, nil
	}
	text, err := d.text(ctx)
	if err != nil {
		return migrate.Dump{}, fmt.Errorf("--%s: %w", d.flag, err)
	}
	dump, err := migrate.ParseDump(text)
	if err != nil {
		return migrate.Dump{}, fmt.Errorf("--%s: %w", d.flag, err)
	}
	return dump, nil
}

func (d database) text(ctx context.Context) ([]byte, error) {
	if path, ok := strings.CutPrefix(d.url, "dump:"); ok {
		return os.ReadFile(path)
	}
	password, err := d.password()
	if err != nil {
		return nil, err
	}
	request, err := json.Marshal(map[string]string{"url": d.url, "password": password})
	if err != nil {
		return nil, errors.New("the URL or the password is not UTF-8 text")
	}
	program, err := importer()
	if err != nil {
		return nil, err
	}
	return runImporter(ctx, program, bytes.NewReader(request))
}

// password is the file's, or else the environment's; "" leaves it to the URL.
func (d database) password() (string, error) {
	if d.passwordFile != "" {
		return secret.Read(d.passwordFile)
	}
	return os.Getenv("EXTAUTHZ_" + strings.ToUpper(strings.ReplaceAll(d.flag, "-", "_")) + "_PASSWORD"), nil
}

// importerName is the program with the databases' drivers; see docs/decisions.md for why it is one.
const importerName = "extauthz-import"

// importer finds it beside this program, or else on the PATH.
func importer() (string, error) {
	if self, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(self); err == nil {
			self = real
		}
		beside := filepath.Join(filepath.Dir(self), importerName)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return beside, nil
		}
	}
	path, err := exec.LookPath(importerName)
	if err != nil {
		return "", fmt.Errorf("the program %s, which reads databases, is neither beside this one nor on the PATH\nhint: `make importer` builds it", importerName)
	}
	return path, nil
}

// runImporter hands the URL and the password over on standard input, where no other user of the machine sees them.
func runImporter(ctx context.Context, program string, request io.Reader) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program)
	var complaint bytes.Buffer
	cmd.Stdin, cmd.Stderr = request, &complaint
	text, err := cmd.Output()
	if said := strings.Fields(complaint.String()); err != nil && len(said) > 0 {
		return nil, errors.New(printable(strings.Join(said, " ")))
	}
	return text, err
}
