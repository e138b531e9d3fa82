package image

import (
	"bytes"
	"io"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Release is what all platforms of an image have in common.
type Release struct {
	Version  string
	Revision string    // the commit
	Created  time.Time // of the commit: the clock would change the digest
	License  []byte
	Roots    []byte
}

// labels are OCI's pre-defined annotation keys.
func (r Release) labels() map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":       "extauthz",
		"org.opencontainers.image.description": "MLflow authentication at the proxy: the service that Envoy asks about every request to an MLflow server",
		"org.opencontainers.image.licenses":    "Apache-2.0",
		"org.opencontainers.image.version":     r.Version,
		"org.opencontainers.image.revision":    r.Revision,
		"org.opencontainers.image.created":     r.Created.UTC().Format(time.RFC3339),
	}
}

// config is how the image is run. The health check is Docker's alone: OCI has none, and Kubernetes has its own probes.
func (r Release) config() v1.Config {
	return v1.Config{
		User:       "65532:65532",
		Entrypoint: []string{"/extauthz"},
		Cmd:        []string{"serve"},
		Env:        []string{"PATH=/"},
		WorkingDir: Home,
		Volumes:    map[string]struct{}{Home: {}},
		Labels:     r.labels(),
		Healthcheck: &v1.HealthConfig{
			Test: []string{"CMD", "/extauthz", "healthcheck"}, Interval: 10 * time.Second, Timeout: 5 * time.Second, StartPeriod: 10 * time.Second, Retries: 3,
		},
	}
}

// Image is the image of one platform: a layer of what changes with the roots, and one of what changes with each release.
func (r Release) Image(p v1.Platform, binary []byte) (v1.Image, error) {
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	var adds []mutate.Addendum
	for _, files := range [][]file{system(r.Roots), program(binary, r.License)} {
		layer, err := r.layer(files)
		if err != nil {
			return nil, err
		}
		adds = append(adds, mutate.Addendum{Layer: layer, History: v1.History{Created: v1.Time{Time: r.Created.UTC()}, CreatedBy: "make image"}})
	}
	img, err := mutate.Append(img, adds...)
	if err != nil {
		return nil, err
	}
	file, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Variant = p.OS, p.Architecture, p.Variant
	file.Created, file.Config = v1.Time{Time: r.Created.UTC()}, r.config()
	return mutate.ConfigFile(img, file)
}

func (r Release) layer(files []file) (v1.Layer, error) {
	content, err := archive(files, r.Created.UTC().Truncate(time.Second))
	if err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}, tarball.WithMediaType(types.OCILayer))
}
