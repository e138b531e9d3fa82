// Package secret reads secrets from files, as Kubernetes, Docker and systemd hand them over.
package secret

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// largest is far above every key and password, and far below what would hurt: somebody may name the wrong file.
const largest = 64 << 10

// Read returns what the file holds, without the newline that editors put at its end. Its errors name the file and never show what is in it.
func Read(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	switch {
	case len(data) > largest:
		return "", fmt.Errorf("%s is larger than %d bytes: it holds no secret", path, largest)
	case text == "":
		return "", fmt.Errorf("%s is empty", path)
	case strings.ContainsRune(text, 0):
		return "", fmt.Errorf("%s holds a zero byte: it must be text", path)
	}
	return text, nil
}

// Warning says who else may read the file; "" when nobody does.
func Warning(path string) string {
	info, err := os.Stat(path)
	if err != nil || !exposed(info.Mode().Perm(), owner(info), os.Geteuid()) {
		return ""
	}
	return fmt.Sprintf("%s has mode %#o: others than its owner may read this secret; chmod 600 it, or set defaultMode: 0400 on its Kubernetes volume",
		path, info.Mode().Perm())
}

// exposed is false as well of what somebody else's file shows to its group alone: so Kubernetes hands secrets to a pod with an fsGroup, as
// root's files, whatever mode the volume asks for.
func exposed(mode os.FileMode, owner, us int) bool {
	if owner != us {
		return mode&0o037 != 0
	}
	return mode&0o077 != 0
}

func owner(info os.FileInfo) int {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid)
	}
	return os.Geteuid()
}
