// Package recorded reads snapshots that were recorded before, as JSON or as
// gzip of it.
//
// A recorded snapshot comes back as it was: its sources stay the sources, and
// its gaps and ignored files are kept, so that replaying it gives the same
// report as the run that recorded it.
package recorded

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

const (
	// HeadBytes is how much of a file's start Recognise needs: the schema is
	// the first field, and gzip packs a start of this length into less.
	HeadBytes = 4 << 10

	// maxBytes bounds the JSON, unpacked: 57 MB are 1,000 stacks, so that 1 GiB
	// leaves room for 15,000 and stops a file that unpacks without an end.
	maxBytes = 1 << 30
)

// schema finds the schema as the first field of JSON, of any version, so that
// Decode can say which version it is.
var schema = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:\xef\xbb\xbf)?\s*\{\s*"schema"\s*:\s*"charmarr-lint/snapshot/`)
})

// Recognise tells whether a file that starts with head is a recorded snapshot.
func Recognise(head []byte) bool {
	if !IsGzip(head) {
		return schema().Match(head)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return false
	}
	start := make([]byte, 256)
	n, _ := io.ReadFull(unpacked, start) // the head ends in the middle of the gzip; what came is enough
	return schema().Match(start[:n])
}

// RecogniseSorted tells whether a document is a recorded snapshot whose fields
// another program has put into another order; schema is its field of that name.
func RecogniseSorted(schema string) bool { return strings.HasPrefix(schema, "charmarr-lint/snapshot/") }

// IsGzip tells whether a file starts as gzip does.
func IsGzip(head []byte) bool { return len(head) > 2 && head[0] == 0x1f && head[1] == 0x8b }

// Read reads a recorded snapshot, unpacking it where it is packed.
func Read(r io.Reader) (snapshot.Snapshot, error) {
	buf := bufio.NewReaderSize(r, 64<<10)
	head, _ := buf.Peek(3) // a shorter file is no gzip; Decode tells what is wrong with it
	var text io.Reader = buf
	if IsGzip(head) {
		unpacked, err := gzip.NewReader(buf)
		if err != nil {
			return snapshot.Snapshot{}, fmt.Errorf("unpacking the recorded snapshot: %w", err)
		}
		text = unpacked
	}
	limited := &limit{r: text, left: maxBytes}
	return snapshot.Decode(limited)
}

// limit is an error, not an end, when a file is too large.
type limit struct {
	r    io.Reader
	left int64
}

func (l *limit) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, fmt.Errorf("it has more than %d MiB unpacked, which is the most that is read", maxBytes>>20)
	}
	return n, err
}
