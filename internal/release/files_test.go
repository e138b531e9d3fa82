package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os/exec"
	"slices"
	"testing"
	"time"
)

func TestArchive(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	entries := []entry{{"extauthz", 0o755, []byte("a binary")}, {"LICENSE", 0o644, []byte("a license")}}
	first, err1 := archive("extauthz_1.2.3_linux_amd64", at, entries)
	second, err2 := archive("extauthz_1.2.3_linux_amd64", at.UTC(), entries)
	if err := errors.Join(err1, err2); err != nil || !bytes.Equal(first, second) {
		t.Fatalf("two archives of the same differ (%v)", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
		if h.Uid != 0 || h.Uname != "" || !h.ModTime.Equal(at) {
			t.Errorf("%+v says who built it, or when", h)
		}
	}
	if !slices.Equal(names, []string{"extauthz_1.2.3_linux_amd64/extauthz", "extauthz_1.2.3_linux_amd64/LICENSE"}) {
		t.Errorf("it holds %v", names)
	}
}

// TestChecksums are read by the tool that people use for it.
func TestChecksums(t *testing.T) {
	dir := t.TempDir()
	files := results{"b.tar.gz": []byte("b"), "a.tar.gz": []byte("a")}
	files["SHA256SUMS"] = files.checksums()
	if err := files.write(dir); err != nil {
		t.Fatal(err)
	}
	check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = dir
	if out, err := check.CombinedOutput(); err != nil || bytes.Count(out, []byte(": OK")) != 2 {
		t.Errorf("%v %s", err, out)
	}
}
