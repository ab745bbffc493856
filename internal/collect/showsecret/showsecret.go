// Package showsecret reads what `juju show-secret` prints, as JSON or YAML: who
// owns a secret and who may read it.
//
// What a secret holds is never read, not even where it was printed (--reveal).
// The output names no model. `juju secrets` prints the same without saying who may
// read what; of such a list the owners are recorded, and it counts for no evidence.
package showsecret

import (
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Evidence returns what show-secret carries.
func Evidence() []snapshot.Evidence { return []snapshot.Evidence{snapshot.JujuSecrets} }

// Recognise tells whether a document is a mapping of secrets by their IDs.
func Recognise(root *syntax.Node) bool {
	if root.Kind() != syntax.Map || root.Len() == 0 {
		return false
	}
	for key, s := range root.Entries() {
		if !isID(key.Text()) || s.Kind() != syntax.Map {
			return false
		}
		// The fields that Juju prints of every secret.
		for _, field := range []string{"revision", "created", "updated"} {
			if s.Lookup(field) == nil {
				return false
			}
		}
	}
	return true
}

// lengthOfID is that of an xid, which Juju numbers its secrets with.
const lengthOfID = 20

// isID tells whether a text is the ID of a secret: an xid, in base 32 with the
// digits 0 to v.
func isID(text string) bool {
	return len(text) == lengthOfID && strings.Trim(text, "0123456789abcdefghijklmnopqrstuv") == ""
}

// Read reads secrets into a model that has no name.
func Read(root *syntax.Node) snapshot.Model {
	m := snapshot.Model{State: snapshot.Declared, At: root.Pos(), Evidence: []snapshot.Evidence{}}
	for key, s := range root.Entries() {
		secret := snapshot.Secret{ID: key.Text(), Label: labelOf(s), Owner: snapshot.RedactText(ownerOf(s.Get("owner").Text())), At: key.Pos()}
		access := s.Get("access")
		if access != nil {
			m.Evidence = Evidence()
		}
		for _, grant := range access.List() {
			target := grant.Get("target")
			reader, ok := readerOf(target.Text())
			if !ok && grant.Kind() == syntax.Map { // else Get has said that it is none
				at := target
				if at == nil {
					at = grant
				}
				at.Report("a reader of the secret is no tag of an application or unit, want application-NAME or unit-NAME-NUMBER")
			}
			if !ok {
				continue
			}
			secret.Readers = append(secret.Readers, snapshot.RedactText(reader))
		}
		slices.Sort(secret.Readers)
		secret.Readers = slices.Compact(secret.Readers)
		m.Secrets = append(m.Secrets, secret)
	}
	return m
}

// labelOf is the name of a user's secret or the label of a charm's. Whoever names
// a secret chooses the text, and may have put anything there.
func labelOf(s *syntax.Node) string {
	for _, field := range []string{"name", "label"} {
		if text := s.Get(field).Text(); text != "" {
			return snapshot.RedactText(text)
		}
	}
	return ""
}

// ownerOf is the application that owns a secret: "" where the model does, which
// Juju writes as <model>.
func ownerOf(text string) string {
	if strings.HasPrefix(text, "<") {
		return ""
	}
	application, _, _ := strings.Cut(text, "/")
	return application
}

// readerOf turns a tag into a name: application-gluetun into gluetun,
// unit-gluetun-0 into gluetun/0. A model may read, too.
func readerOf(tag string) (string, bool) {
	kind, id, _ := strings.Cut(tag, "-")
	if id == "" {
		return "", false
	}
	switch kind {
	case "application", "model":
		return id, true
	case "unit":
		last := strings.LastIndexByte(id, '-')
		if last <= 0 || last == len(id)-1 {
			return "", false
		}
		return id[:last] + "/" + id[last+1:], true
	}
	return "", false
}
