package boltstore

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"strings"
	"sync"

	"extauthz/store"
)

const (
	journalSuffix  = ".intents"
	compactionSize = 1 << 20 // below it the file is not worth rewriting while in use
)

// journal keeps the intents: a map in memory, and a file to which each change appends one line, with a check value and without fsync.
// A line that was written survives the process being killed; after a power cut the last ones may be missing.
type journal struct {
	path string
	mu   sync.Mutex
	file *os.File
	size int64
	live map[string]entry
	next uint64 // order of arrival
	err  error  // the file cannot be brought back to a known state
}

type entry struct {
	intent store.Intent
	order  uint64
	line   []byte
}

func journalLine(payload []byte) []byte {
	text := base64.StdEncoding.EncodeToString(payload)
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum([]byte(text), castagnoli), text)
}

func parseLine(line []byte) (payload []byte, ok bool) {
	check, text, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
	payload, err := base64.StdEncoding.DecodeString(text)
	whole := bytes.HasSuffix(line, []byte("\n")) && check == fmt.Sprintf("%08x", crc32.Checksum([]byte(text), castagnoli))
	return payload, err == nil && whole
}

// openJournal replays the file, and compacts it when it holds more than what is live. Bad lines at the end were never acknowledged, or were lost with the power; a bad line before
// good ones is damage.
func openJournal(path string) (*journal, error) {
	j := &journal{path: path, live: map[string]entry{}}
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := j.replay(content); err != nil {
		return nil, err
	}
	if err == nil && int64(len(content)) == j.liveSize() {
		j.size = int64(len(content))
		j.file, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, fileMode)
		return j, err
	}
	return j, j.compact()
}

func (j *journal) replay(content []byte) (err error) {
	defer rescue(faultsPanic(), &err)
	bad := 0
	for n := 1; len(content) > 0; n++ {
		end := bytes.IndexByte(content, '\n') + 1
		if end == 0 {
			end = len(content)
		}
		payload, ok := parseLine(content[:end])
		switch {
		case !ok && bad == 0:
			bad = n
		case ok && bad != 0:
			return fmt.Errorf("%w: %s, line %d; delete the line: its intent is lost", store.ErrCorrupt, j.path, bad)
		case ok:
			j.apply(payload, content[:end])
		}
		content = content[end:]
	}
	return nil
}

// append writes one line and applies it. A line that could be written only in part is cut off again.
func (j *journal) append(payload []byte) error {
	if j.err != nil {
		return j.err
	}
	line := journalLine(payload)
	if _, err := j.file.Write(line); err != nil {
		if cut := j.file.Truncate(j.size); cut != nil {
			j.err = fmt.Errorf("%w: %s: %v", store.ErrReadOnly, j.path, cut)
		}
		return fmt.Errorf("%w: %s: %v", store.ErrReadOnly, j.path, err)
	}
	j.size += int64(len(line))
	j.apply(payload, line)
	return nil
}

// compact writes the live lines to a new file and puts it in the place of the old.
func (j *journal) compact() error {
	temp := j.path + ".new"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, fileMode)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	size := int64(0)
	for _, e := range j.sorted() {
		n, _ := w.Write(e.line) // Flush reports it
		size += int64(n)
	}
	if err := errors.Join(w.Flush(), os.Rename(temp, j.path)); err != nil {
		return errors.Join(err, f.Close())
	}
	old := j.file
	j.file, j.size = f, size
	if old != nil {
		return old.Close()
	}
	return nil
}

func (j *journal) close() error {
	if j == nil || j.file == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err = fs.ErrClosed
	return j.file.Close()
}
