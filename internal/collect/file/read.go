package file

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/recorded"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// knownKinds ends the message about a file of none of them.
const knownKinds = "known kinds are Juju status, bundle, show-unit, show-secret and offers, Terraform plans and states as JSON, Kubernetes manifests and recorded snapshots"

// readStream reads one file from its start. size is how much text is expected;
// 0 where that is not known.
func readStream(f found, r io.Reader, size int, p *plans) snapshot.Snapshot {
	if r == nil {
		r = strings.NewReader("")
	}
	head := make([]byte, recorded.HeadBytes)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return gap(f.name, 0, 0, "reading the file", reasonOf(err))
	}
	whole := err != nil // the head is all there is
	if recorded.Recognise(head) {
		return readRecorded(f, io.MultiReader(bytes.NewReader(head), r))
	}
	if !f.named && bytes.IndexByte(head, 0) >= 0 {
		return ignored(f.name, "is a binary file")
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return gap(f.name, 0, 0, "reading the file", "it is a ZIP archive: print a saved plan with `terraform show -json`, which is what is read")
	}
	var text strings.Builder
	text.Grow(max(size, len(head)))
	text.Write(head)
	if !whole {
		if _, err := io.Copy(&text, io.LimitReader(r, syntax.MaxBytes+1-int64(len(head)))); err != nil {
			return gap(f.name, 0, 0, "reading the file", reasonOf(err))
		}
	}
	return readText(f, text.String(), p)
}

func readRecorded(f found, r io.Reader) snapshot.Snapshot {
	part, err := recorded.Read(r)
	if err != nil {
		return gap(f.name, 0, 0, "reading the recorded snapshot", cause(err))
	}
	for i := range part.Sources {
		if s := &part.Sources[i]; s.Kind.Live() {
			s.Recorded = f.name
		}
	}
	return part
}

// cause drops the outer words of an error that the gap says already.
func cause(err error) string {
	return strings.TrimPrefix(err.Error(), "reading the recorded snapshot: ")
}

// readText reads a file's documents.
func readText(f found, text string, p *plans) snapshot.Snapshot {
	if len(text) > syntax.MaxBytes {
		reason := fmt.Sprintf("it has more than %d MiB, which is the most that is read: give its parts; of a plan, one for each root module, or with -target", syntax.MaxBytes>>20)
		if !f.named && !looksOurs(text[:syntax.MaxBytes/64]) {
			return ignored(f.name, "is of no known kind and too large to read")
		}
		return gap(f.name, 0, 0, "reading the file", reason)
	}
	if !f.named && (!mayBeOurs(text) || !opening().MatchString(text)) {
		return ignored(f.name, "is of no known kind")
	}
	r := reader{found: f, text: text, folder: filepath.Base(filepath.Dir(f.path)), template: isHelm(text), plans: p}
	if r.template {
		return r.finish()
	}
	if err := syntax.Parse(text, r.document); err != nil {
		return r.notText(err)
	}
	return r.finish()
}
