package image

import (
	"archive/tar"
	"bytes"
	"path"
	"slices"
	"strings"
	"time"
)

// Nobody is the numeric user and group of the service. Kubernetes' runAsNonRoot wants a number.
const Nobody = 65532

// Home is where the store lies, the working directory and the only place that the service writes to.
const Home = "/var/lib/extauthz"

// file is one entry of a layer; one without content is a directory when its name ends with a slash.
type file struct {
	name    string // absolute
	mode    int64
	owner   int
	content []byte
}

func (f file) directory() bool { return strings.HasSuffix(f.name, "/") }

// system is everything that the binary needs around it.
func system(roots []byte) []file {
	return []file{
		{"/etc/passwd", 0o644, 0, []byte("root:x:0:0:root:/:/sbin/nologin\nextauthz:x:65532:65532:extauthz:" + Home + ":/sbin/nologin\n")},
		{"/etc/group", 0o644, 0, []byte("root:x:0:\nextauthz:x:65532:\n")},
		{"/etc/ssl/certs/ca-certificates.crt", 0o644, 0, roots},
		{Home + "/", 0o700, Nobody, nil},
	}
}

func program(binary, license []byte) []file {
	return []file{
		{"/extauthz", 0o755, 0, binary},
		{"/usr/share/doc/extauthz/LICENSE", 0o644, 0, license},
	}
}

// archive writes files, with the directories above them, as a tar that depends on nothing but them and the time.
func archive(files []file, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range withParents(files) {
		h := &tar.Header{Name: strings.TrimPrefix(f.name, "/"), Mode: f.mode, Uid: f.owner, Gid: f.owner, ModTime: at, Format: tar.FormatPAX}
		h.Typeflag, h.Size = tar.TypeReg, int64(len(f.content))
		if f.directory() {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), w.Close()
}

// withParents adds the directories that files lie in, each once and before what is in it.
func withParents(files []file) []file {
	known := map[string]bool{"/": true}
	for _, f := range files {
		known[f.name] = true
	}
	all := slices.Clone(files)
	for _, f := range files {
		for dir := parent(f.name); !known[dir]; dir = parent(dir) {
			known[dir] = true
			all = append(all, file{name: dir, mode: 0o755})
		}
	}
	slices.SortFunc(all, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return all
}

func parent(name string) string {
	dir := path.Dir(strings.TrimSuffix(name, "/"))
	if dir == "/" {
		return dir
	}
	return dir + "/"
}
