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
		binaries := map[program][]byte{}
		for _, what := range []program{service, importer} {
			if binaries[what], err = s.binary(ctx, what, p); err != nil {
				return err
			}
		}
		if p.os() == "linux" {
			inImage[p] = binaries[service]
		}
		if err := s.pack(files, p, binaries); err != nil {
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

// pack adds a platform's archive, and a bill of materials for each program in it.
func (s source) pack(files results, p platform, binaries map[program][]byte) error {
	name := s.name(p.os() + "_" + p.arch())
	entries := []entry{{service.name, 0o755, binaries[service]}, {importer.name, 0o755, binaries[importer]}}
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
	if files[name+".spdx.json"], err = s.bill(name, binaries[service], nil); err != nil {
		return err
	}
	ofImporter := name + "_import"
	files[ofImporter+".spdx.json"], err = s.bill(ofImporter, binaries[importer], nil)
	return err
}
