package image

import (
	"archive/tar"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Index holds an image for each platform ("linux/arm64"), by its binary.
func (r Release) Index(binaries map[string][]byte) (v1.ImageIndex, error) {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, name := range slices.Sorted(maps.Keys(binaries)) {
		platform, err := v1.ParsePlatform(name)
		if err != nil {
			return nil, err
		}
		img, err := r.Image(*platform, binaries[name])
		if err != nil {
			return nil, err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: platform}})
	}
	return mutate.Annotations(index, r.labels()).(v1.ImageIndex), nil
}

// Write puts the index, tagged with the version, into an OCI layout and that into a tar file.
func (r Release) Write(out io.Writer, index v1.ImageIndex) error {
	dir, err := os.MkdirTemp("", "extauthz-image-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path, err := layout.Write(dir, empty.Index)
	if err != nil {
		return err
	}
	err = path.AppendIndex(index, layout.WithAnnotations(map[string]string{
		"org.opencontainers.image.ref.name": r.Version,               // skopeo, podman
		"io.containerd.image.name":          "extauthz:" + r.Version, // ctr, docker
	}))
	if err != nil {
		return err
	}
	return pack(out, os.DirFS(dir), r.Created.UTC().Truncate(time.Second))
}

// pack writes a tree as a tar file: sorted, and as nobody's.
func pack(out io.Writer, tree fs.FS, at time.Time) error {
	w := tar.NewWriter(out)
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		h := &tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: 0o644, Size: int64(len(content)), ModTime: at, Format: tar.FormatPAX}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		_, err = w.Write(content)
		return err
	})
	if err != nil {
		return err
	}
	return w.Close()
}
