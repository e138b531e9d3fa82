package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"extauthz/internal/image"
	"extauthz/internal/sbom"
)

// rootsModule is where the image's root certificates come from.
const rootsModule = "golang.org/x/crypto/x509roots/fallback"

// imageFiles are the image, and a bill of materials for each of its platforms.
func (s source) imageFiles(binaries map[platform][]byte) (results, error) {
	license, err := os.ReadFile("LICENSE")
	if err != nil {
		return nil, err
	}
	roots, err := image.Roots()
	if err != nil {
		return nil, err
	}
	r := image.Release{Version: s.version, Revision: s.revision, Created: s.at, License: license, Roots: roots}
	byName := map[string][]byte{}
	for p, binary := range binaries {
		byName[string(p)] = binary
	}
	index, err := r.Index(byName)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := r.Write(&out, index); err != nil {
		return nil, err
	}
	digest, err := index.Digest()
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(os.Stderr, "image "+digest.String())
	files := results{s.name("image.tar"): out.Bytes(), s.name("image.digest"): []byte(digest.String() + "\n")}
	for p, binary := range binaries {
		name := s.name("image_" + p.os() + "_" + p.arch())
		if files[name+".spdx.json"], err = s.bill(name, binary, modulesOf(rootsModule)); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// modulesOf finds a module among those that this program is built of.
func modulesOf(path string) []*debug.Module {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return []*debug.Module{m}
		}
	}
	return nil
}

func (s source) bill(name string, binary []byte, beside []*debug.Module) ([]byte, error) {
	var out bytes.Buffer
	err := sbom.Write(&out, sbom.Subject{Name: name, Version: s.version, Created: s.at, Binary: binary, Beside: beside})
	return out.Bytes(), err
}

func (s source) name(rest string) string { return "extauthz_" + s.version + "_" + rest }

// buildImage builds the image alone.
func buildImage(ctx context.Context, version, out string) error {
	s, err := readSource(ctx, version)
	if err != nil {
		return err
	}
	binaries := map[platform][]byte{}
	for _, p := range platforms {
		if p.os() != "linux" {
			continue
		}
		if binaries[p], err = s.binary(ctx, service, p); err != nil {
			return err
		}
	}
	files, err := s.imageFiles(binaries)
	if err != nil {
		return err
	}
	return files.write(out)
}
