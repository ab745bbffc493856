package sarif

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
)

// nowhere stands for the place of a finding when the report names no file at
// all: it is about the configuration, or about something live that was not
// recorded. The configuration is where such a deployment shows in a repository.
const nowhere = "charmarr-lint.yaml"

// places turns files into artifacts that locations refer to by index.
type places struct {
	uris     []string // sorted, without doubles
	fallback string   // file of a finding that has none
}

// newPlaces lists every file of the report, so that indexes are known before
// the first location is written. Those of waivers stand in the full flavour alone.
func newPlaces(r finding.Report, full bool) *places {
	p := &places{fallback: fallback(r.Sources)}
	p.uris = append(p.uris, uri(p.fallback))
	for _, s := range r.Sources {
		switch {
		case !s.Live:
			p.uris = append(p.uris, uri(s.Name))
		case s.Recorded != "":
			p.uris = append(p.uris, uri(s.Recorded))
		}
	}
	for _, g := range r.Gaps {
		if g.Line > 0 {
			p.uris = append(p.uris, uri(g.Source))
		}
	}
	for _, f := range r.Findings {
		if f.Location.File != "" {
			p.uris = append(p.uris, uri(f.Location.File))
		}
		if f.Waiver != nil && f.Waiver.Source.Location.File != "" && full {
			p.uris = append(p.uris, uri(f.Waiver.Source.Location.File))
		}
		for _, e := range f.Evidence {
			if e.File != "" {
				p.uris = append(p.uris, uri(e.File))
			}
		}
	}
	slices.Sort(p.uris)
	p.uris = slices.Compact(p.uris)
	return p
}

// fallback is the file of what has none. What was read of something live has the
// recorded snapshot, where it was kept; files that were laid over it say nothing
// of it. Of files it is the first.
func fallback(sources []finding.Source) string {
	for _, s := range sources {
		if s.Live {
			return cmp.Or(s.Recorded, nowhere)
		}
	}
	if len(sources) > 0 {
		return sources[0].Name
	}
	return nowhere
}

func (p *places) artifacts() []artifact {
	out := []artifact{}
	for _, u := range p.uris {
		out = append(out, artifact{
			Location: artifactLocation{URI: u, URIBaseID: srcRoot},
			Roles:    []string{"analysisTarget"},
		})
	}
	return out
}

// physical returns the place of a fact. Where the file is not known it is the
// fallback, and where the line is not known the first character: GitHub
// shows no result without a place.
func (p *places) physical(file string, line, column, end int) *physicalLocation {
	if file == "" {
		file, line = p.fallback, 0
	}
	if line <= 0 {
		line, column, end = 1, 1, 2
	}
	column = max(column, 1)
	u := uri(file)
	i, _ := slices.BinarySearch(p.uris, u)
	return &physicalLocation{
		Artifact: artifactLocation{URI: u, URIBaseID: srcRoot, Index: &i},
		Region:   region{StartLine: line, StartColumn: column, EndLine: line, EndColumn: max(end, column+1)},
	}
}

// uri writes a relative path as a URI reference (RFC 3986): each segment
// percent-encoded, the colon as well, since it would make a scheme of what
// stands before it.
func uri(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = strings.ReplaceAll(url.PathEscape(s), ":", "%3A")
	}
	return strings.Join(segments, "/")
}

// logical names a subject as model/application, model/kind/name or
// namespace/kind/name.
func logical(s finding.Subject) []logicalLocation {
	var parts []string
	switch {
	case s.Kind == "model" || s.Kind == "namespace":
		// One name says it all.
	case s.Model != "" && s.Kind == "application":
		parts = append(parts, s.Model)
	case s.Model != "":
		parts = append(parts, s.Model, s.Kind)
	case s.Namespace != "":
		parts = append(parts, s.Namespace, s.Kind)
	default:
		parts = append(parts, s.Kind)
	}
	name := s.Name
	if name == "" {
		name = s.Model + s.Namespace
	}
	if name == "" {
		return nil
	}
	return []logicalLocation{{
		Name:               plain.Line(name),
		FullyQualifiedName: plain.Line(strings.Join(append(parts, name), "/")),
		Kind:               plain.Line(s.Kind),
	}}
}
