package image

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

func release(t *testing.T) Release {
	t.Helper()
	roots, err := Roots()
	if err != nil {
		t.Fatal(err)
	}
	return Release{Version: "1.2.3", Revision: "abcdef", Created: time.Unix(1_700_000_000, 0), License: []byte("a license"), Roots: roots}
}

func index(t *testing.T, r Release) v1.ImageIndex {
	t.Helper()
	x, err := r.Index(map[string][]byte{"linux/amd64": []byte("a binary"), "linux/arm64": []byte("another")})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestSameInputSameBytes builds twice.
func TestSameInputSameBytes(t *testing.T) {
	var sums [2][32]byte
	for i := range sums {
		r := release(t)
		r.Created = r.Created.In(time.FixedZone("elsewhere", 3600*i)) // a machine in another time zone
		var out bytes.Buffer
		if err := r.Write(&out, index(t, r)); err != nil {
			t.Fatal(err)
		}
		sums[i] = sha256.Sum256(out.Bytes())
	}
	if sums[0] != sums[1] {
		t.Error("two builds of one input differ")
	}
	later := release(t)
	later.Revision = "012345"
	a, err1 := index(t, release(t)).Digest()
	b, err2 := index(t, later).Digest()
	if err := errors.Join(err1, err2); err != nil || a == b {
		t.Errorf("two inputs have one digest (%v)", err)
	}
}

// TestLayout reads the file back as another tool would: every digest, size and media type is checked.
func TestLayout(t *testing.T) {
	r := release(t)
	var out bytes.Buffer
	if err := r.Write(&out, index(t, r)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	unpack(t, &out, dir)
	l, err := layout.FromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	top, err := l.ImageIndex()
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := top.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 {
		t.Fatalf("the layout has %+v (%v), want one index", manifest, err)
	}
	found := manifest.Manifests[0]
	if found.Annotations["org.opencontainers.image.ref.name"] != "1.2.3" || found.MediaType != types.OCIImageIndex {
		t.Errorf("the index is %+v", found)
	}
	platforms, err := top.ImageIndex(found.Digest)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(platforms); err != nil {
		t.Error(err)
	}
	inner, err := platforms.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range inner.Manifests {
		names = append(names, m.Platform.String())
	}
	if !slices.Equal(names, []string{"linux/amd64", "linux/arm64"}) || inner.Annotations["org.opencontainers.image.version"] != "1.2.3" {
		t.Errorf("platforms %v, annotations %v", names, inner.Annotations)
	}
}

// TestConfig is what Kubernetes' restricted profile and a read-only root ask for.
func TestConfig(t *testing.T) {
	img, err := release(t).Image(v1.Platform{OS: "linux", Architecture: "arm64"}, []byte("a binary"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if file.Config.User != "65532:65532" || file.Architecture != "arm64" || file.OS != "linux" || !slices.Equal(file.Config.Entrypoint, []string{"/extauthz"}) {
		t.Errorf("%+v", file)
	}
	for _, label := range []string{"title", "description", "licenses", "version", "revision", "created"} {
		if file.Config.Labels["org.opencontainers.image."+label] == "" {
			t.Errorf("there is no label %s", label)
		}
	}
	for _, line := range file.Config.Env {
		if line != "PATH=/" {
			t.Errorf("the image sets %s, which an operator would have to know", line)
		}
	}
	for name, h := range entries(t, img) {
		if h.Mode&0o6000 != 0 || h.Mode&0o022 != 0 {
			t.Errorf("%s has mode %o", name, h.Mode)
		}
		if h.Uid != 0 && name != "var/lib/extauthz/" {
			t.Errorf("%s can be changed by the service", name)
		}
	}
}

// entries are the headers of all layers.
func entries(t *testing.T, img v1.Image) map[string]*tar.Header {
	t.Helper()
	found := map[string]*tar.Header{}
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		content, err := layer.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		for r := tar.NewReader(content); ; {
			h, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if above := path.Dir(path.Clean(h.Name)); above != "." && found[above+"/"] == nil {
				t.Errorf("%s comes before its directory", h.Name)
			}
			found[h.Name] = h
		}
	}
	return found
}

func TestRoots(t *testing.T) {
	pool := x509.NewCertPool()
	roots, err := Roots()
	if err != nil || !pool.AppendCertsFromPEM(roots) {
		t.Fatalf("no certificates (%v)", err)
	}
	if n := bytes.Count(roots, []byte("BEGIN CERTIFICATE")); n < 50 {
		t.Errorf("%d root certificates: is that all of Mozilla's?", n)
	}
}

// unpack writes a tar file's regular files and directories below dir.
func unpack(t *testing.T, from io.Reader, dir string) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for r := tar.NewReader(from); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := put(root, h, r); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", h.Name, err))
		}
	}
}

func put(root *os.Root, h *tar.Header, content io.Reader) error {
	name := path.Clean(h.Name)
	if h.Typeflag == tar.TypeDir {
		return errors.Join(root.MkdirAll(name, h.FileInfo().Mode().Perm()), own(root, name, h))
	}
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	text, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	return errors.Join(root.WriteFile(name, text, h.FileInfo().Mode().Perm()), own(root, name, h))
}

// own gives a file to whom the image says, as far as whoever runs the test may.
func own(root *os.Root, name string, h *tar.Header) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return root.Lchown(name, h.Uid, h.Gid)
}
