package boltstore

import (
	"context"
	"errors"
)

// DigestFile is Digest for a file that is not in use, such as a backup copy. It needs no other file beside it and writes nothing. "" for an older
// schema, which has a digest once Open has upgraded it.
func DigestFile(ctx context.Context, path string) (digest string, err error) {
	s, err := openToRead(path)
	if err != nil {
		return "", err
	}
	if _, found, err := s.checkFile(); err != nil || found != schema {
		return "", errors.Join(err, s.closeDB())
	}
	digest, err = s.Digest(ctx)
	return digest, errors.Join(err, s.closeDB())
}
