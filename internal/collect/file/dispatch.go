package file

import (
	"fmt"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/bundle"
	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/collect/offers"
	"github.com/charmarr/charmarr-lint/internal/collect/plan"
	"github.com/charmarr/charmarr-lint/internal/collect/recorded"
	"github.com/charmarr/charmarr-lint/internal/collect/showsecret"
	"github.com/charmarr/charmarr-lint/internal/collect/showunit"
	"github.com/charmarr/charmarr-lint/internal/collect/status"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// reader reads the documents of one file.
type reader struct {
	found
	text   string
	folder string // the name of the file's folder

	parts    []snapshot.Snapshot // one a kind of source, in the order in which they were met
	bundle   []*syntax.Document  // a bundle and its overlays
	broken   []*syntax.Document
	plans    *plans
	plan     bool // a plan or state was met
	stored   bool // a state was met as Terraform stores it
	recorded bool // a recorded snapshot was met
	unknown  []*syntax.Document
	template bool // something in the file is a template that was not rendered
}

// part returns the snapshot of one kind of source in this file.
func (r *reader) part(kind snapshot.SourceKind) *snapshot.Snapshot {
	for i := range r.parts {
		if r.parts[i].Sources[0].Kind == kind {
			return &r.parts[i]
		}
	}
	r.parts = append(r.parts, snapshot.Snapshot{Sources: []snapshot.Source{{Kind: kind, Name: r.name}}})
	return &r.parts[len(r.parts)-1]
}

// document reads one document; it is called for each, in order.
func (r *reader) document(doc *syntax.Document) bool {
	root := doc.Root
	switch {
	case doc.Err != nil:
		r.template = r.template || doc.Err.Template
		r.broken = append(r.broken, doc)
	case root.Kind() == syntax.Null:
	case strings.Contains(root.Lookup("metadata").Lookup("name").Peek(), "{{"):
		r.template = true
	case status.Recognise(root):
		s := r.part(snapshot.JujuStatus)
		s.Models = append(s.Models, status.Read(root))
		r.problems(s, doc, status.Evidence())
	case manifest.Recognise(root):
		s := r.part(snapshot.Manifest)
		evidence := manifest.Read(root, s)
		r.problems(s, doc, evidence)
	case bundle.Recognise(root), len(r.bundle) > 0 && bundle.IsOverlay(root):
		r.part(snapshot.JujuBundle)
		r.bundle = append(r.bundle, doc)
	case showunit.Recognise(root):
		s := r.part(snapshot.JujuShowUnit)
		m := showunit.Read(root)
		m.Hint = showunit.Hint(m, r.name, r.folder)
		s.Models = append(s.Models, m)
		r.problems(s, doc, showunit.Evidence())
	case showsecret.Recognise(root):
		s := r.part(snapshot.JujuShowSecret)
		s.Models = append(s.Models, showsecret.Read(root))
		r.problems(s, doc, showsecret.Evidence())
	case offers.Recognise(root):
		s := r.part(snapshot.JujuOfferSet)
		s.Models = append(s.Models, offers.Read(root)...)
		r.problems(s, doc, offers.Evidence())
	case recorded.RecogniseSorted(root.Lookup("schema").Peek()):
		r.recorded = true
	case plan.IsStored(root):
		r.stored = true
	case plan.Recognise(root):
		r.plan = true
		r.plans.add(r.found, doc)
	default:
		r.unknown = append(r.unknown, doc)
	}
	return !r.template || r.named
}

// problems turns what was of the wrong shape into gaps.
func (r *reader) problems(s *snapshot.Snapshot, doc *syntax.Document, evidence []snapshot.Evidence) {
	for _, p := range doc.Problems() {
		s.Gaps = append(s.Gaps, snapshot.Gap{
			Source: r.name, Line: p.Line, Column: p.Column, What: r.reading(doc), Reason: p.Reason, Evidence: evidence,
		})
	}
}

// reading says what was being read.
func (r *reader) reading(doc *syntax.Document) string {
	root := doc.Root
	if manifest.Recognise(root) {
		what := "reading the " + root.Lookup("kind").Peek()
		if name := root.Lookup("metadata").Lookup("name").Peek(); name != "" {
			what += " " + name
		}
		return what
	}
	return fmt.Sprintf("reading document %d", doc.Index)
}

// finish returns what the file says once all its documents were met.
func (r *reader) finish() snapshot.Snapshot {
	if r.template {
		return r.none("is a template that was not rendered: render it first (helm template, …)", r.firstBroken())
	}
	if r.recorded {
		return readRecorded(r.found, strings.NewReader(r.text))
	}
	if !r.named && len(r.broken) > 0 && isMarkdown(r.text) {
		return ignored(r.name, "is of no known kind: it is Markdown")
	}
	if len(r.bundle) > 0 {
		r.readBundle()
	}
	var gaps snapshot.Snapshot
	for _, doc := range r.broken {
		if !r.named && len(r.parts) == 0 && !looksOurs(doc.Text()) {
			continue
		}
		gaps.Gaps = append(gaps.Gaps, snapshot.Gap{
			Source: r.name, Line: doc.Err.Line, Column: doc.Err.Column,
			What: fmt.Sprintf("reading document %d", doc.Index), Reason: snapshot.RedactText(doc.Err.Reason), Evidence: evidenceIn(doc.Text()),
		})
	}
	switch {
	case len(r.parts) > 0 || len(gaps.Gaps) > 0 || r.plan:
		if r.named {
			r.strangers(&gaps)
		}
		return snapshot.Merge(append(r.parts, gaps)...)
	case len(r.broken) > 0:
		return r.none("is of no known kind, and broken: "+r.broken[0].Err.Error(), nil)
	case r.stored:
		return r.none("is a state as Terraform stores it: print it with `terraform show -json`", nil)
	case len(r.unknown) == 0:
		return r.none("is empty", nil)
	}
	return r.none("is of no known kind", r.unknown[0])
}

// strangers adds a gap for each document of no known kind in a named file that
// has others.
func (r *reader) strangers(s *snapshot.Snapshot) {
	for _, doc := range r.unknown {
		s.Gaps = append(s.Gaps, snapshot.Gap{
			Source: r.name, Line: doc.Line, What: fmt.Sprintf("reading document %d", doc.Index),
			Reason: "is of no known kind; " + knownKinds,
		})
	}
}

// none is what becomes of a file that says nothing: a gap where it was named,
// else it is ignored. doc is the document to point to, where there is one.
func (r *reader) none(reason string, doc *syntax.Document) snapshot.Snapshot {
	if !r.named {
		return ignored(r.name, reason)
	}
	if !strings.Contains(reason, "template") && !r.stored {
		reason += "; " + knownKinds
	}
	s := gap(r.name, 0, 0, "reading the file", reason)
	if doc != nil {
		s.Gaps[0].Line = doc.Line
		if doc.Err != nil {
			s.Gaps[0].Line, s.Gaps[0].Column = doc.Err.Line, doc.Err.Column
		}
	}
	return s
}

func (r *reader) firstBroken() *syntax.Document {
	if len(r.broken) == 0 {
		return nil
	}
	return r.broken[0]
}

// readBundle reads the bundle and what is laid over it.
func (r *reader) readBundle() {
	s := r.part(snapshot.JujuBundle)
	var roots []*syntax.Node
	for _, doc := range r.bundle {
		roots = append(roots, doc.Root)
	}
	s.Models = append(s.Models, bundle.Read(roots, bundle.Hint(r.name, r.folder)))
	for _, doc := range r.bundle {
		r.problems(s, doc, bundle.Evidence())
	}
}

// notText is what becomes of a file that is no text.
func (r *reader) notText(err *syntax.Error) snapshot.Snapshot {
	if !r.named && !looksOurs(r.text) {
		return ignored(r.name, "is of no known kind: "+err.Reason)
	}
	return gap(r.name, err.Line, err.Column, "reading the file", err.Reason)
}
