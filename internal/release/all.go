package main

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
)

// buildAll builds a release, if this is one.
func buildAll(ctx context.Context, version, out string) error {
	text, err := notes("CHANGELOG.md", version)
	if err != nil {
		return err
	}
	if err := clean(ctx); err != nil {
		return err
	}
	s, err := readSource(ctx, version)
	if err != nil {
		return err
	}
	files := results{s.name("notes.md"): []byte(text)}
	inImage := map[platform][]byte{}
	for _, p := range platforms {
		binary, err := s.binary(ctx, p)
		if err != nil {
			return err
		}
		if p.os() == "linux" {
			inImage[p] = binary
		}
		if err := s.pack(files, p, binary); err != nil {
			return err
		}
	}
	ofImage, err := s.imageFiles(inImage)
	if err != nil {
		return err
	}
	maps.Copy(files, ofImage)
	files[s.name("SHA256SUMS")] = files.checksums()
	return files.write(out)
}

// pack adds a platform's archive and bill of materials.
func (s source) pack(files results, p platform, binary []byte) error {
	name := s.name(p.os() + "_" + p.arch())
	entries := []entry{{"extauthz", 0o755, binary}}
	for _, document := range []string{"CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md"} {
		content, err := os.ReadFile(document)
		if errors.Is(err, fs.ErrNotExist) {
			return errors.New(document + " is missing: a release is made at the top of the checkout")
		}
		if err != nil {
			return err
		}
		entries = append(entries, entry{document, 0o644, content})
	}
	var err error
	if files[name+".tar.gz"], err = archive(name, s.at, entries); err != nil {
		return err
	}
	files[name+".spdx.json"], err = s.bill(name, binary, nil)
	return err
}
