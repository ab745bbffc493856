package config

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

//go:embed builtin.yaml
var builtin []byte

// Decode reads a configuration. The name stands in messages. An error lists
// every problem, one a line, each as file:line:column: field: what is wrong.
func Decode(name string, data []byte) (Config, error) {
	base, err := decode("built-in profiles", builtin, nil)
	if err != nil {
		return Config{}, err
	}
	if data == nil {
		base.Profile, base.File = DefaultProfile, ""
		return base, nil
	}
	c, err := decode(name, data, base.profiles)
	if err != nil {
		return Config{}, err
	}
	if c.Profile == "" {
		c.Profile = DefaultProfile
	}
	return c, nil
}

// decode reads one file on top of the profiles that are there already.
func decode(name string, data []byte, profiles map[string]profileSpec) (Config, error) {
	c := Config{File: name, profiles: maps.Clone(profiles), AnnotationWaivers: []AllowedWaiver{{Pattern: allRules}}}
	if c.profiles == nil {
		c.profiles = map[string]profileSpec{}
	}
	r := &reader{file: name}
	top, err := document(name, data)
	if err != nil || top == nil {
		return c, err
	}
	r.root(top, &c)
	if err := r.err(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// document parses the one document of a file; nil where it holds none.
func document(name string, data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, syntax(name, err)
	}
	switch err := dec.Decode(&more); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return nil, syntax(name, err)
	default:
		return nil, fmt.Errorf("%s:%d:%d: a second document starts here; write one", name, more.Line, more.Column)
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// syntax puts the parser's place where the places of other problems stand.
func syntax(name string, err error) error {
	at, ok := errors.AsType[*yaml.LoadError](err)
	if !ok || at.Mark.Line == 0 {
		return fmt.Errorf("%s: not YAML: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	what := at.Message
	if at.ContextMsg != "" {
		what += fmt.Sprintf(" (%s that starts in line %d)", at.ContextMsg, at.ContextMark.Line)
	}
	return fmt.Errorf("%s:%d:%d: not YAML: %s", name, at.Mark.Line, max(at.Mark.Column, 1), what)
}

// root reads the fields of the file.
func (r *reader) root(n *yaml.Node, c *Config) {
	profileAt := n
	r.object(n, "",
		field{"version", r.version},
		field{"profile", func(n *yaml.Node, at string) { profileAt = n; r.text(&c.Profile)(n, at) }},
		field{"profiles", func(n *yaml.Node, at string) { r.profiles(n, at, c.profiles) }},
		field{"rules", func(n *yaml.Node, at string) {
			r.entries(n, at, func(key, value *yaml.Node, at string) { c.Rules = append(c.Rules, r.ruleSetting(key, value, at)) })
		}},
		field{"waivers", func(n *yaml.Node, at string) {
			r.list(n, at, func(n *yaml.Node, at string) { c.Waivers = append(c.Waivers, r.waiver(n, at)) })
		}},
		field{"annotation_waivers", func(n *yaml.Node, at string) { c.AnnotationWaivers = r.allowed(n, at) }},
		field{"policies", r.texts(&c.Policies)},
		field{"sources", func(n *yaml.Node, at string) {
			r.list(n, at, func(n *yaml.Node, at string) { r.source(n, at, c) })
		}},
		field{"complete", func(n *yaml.Node, at string) { c.Complete = r.evidence(n, at) }},
	)
	if len(r.problems) > 0 {
		return
	}
	for _, name := range c.ProfileNames() {
		if _, err := c.Resolve(name); err != nil {
			s := c.profiles[name]
			r.problems = append(r.problems, problem{s.at.Line, s.at.Column, err.Error()})
		}
	}
	if _, ok := c.profiles[c.Profile]; c.Profile != "" && !ok {
		r.problem(profileAt, "profile", "%s", unknownProfile(c.Profile, c.ProfileNames()))
	}
}

func (r *reader) version(n *yaml.Node, at string) {
	n = r.step(n)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || n.Value != "1" {
		r.problem(n, at, "is %s; this program reads version 1", kindOf(n))
	}
}

func (r *reader) ruleSetting(key, value *yaml.Node, at string) RuleSetting {
	s := RuleSetting{Pattern: key.Value, At: r.place(key)}
	r.pattern(key, at, key.Value)
	var level string
	r.object(value, at,
		field{"level", r.oneOf(&level, string(rule.Error), string(rule.Warning), string(rule.Note), string(rule.Off))},
		field{"enabled", r.flag(&s.Enabled)},
		field{"parameters", func(n *yaml.Node, at string) {
			switch v := r.plain(n, at).(type) {
			case map[string]any:
				if strings.ContainsAny(key.Value, "*?[\\") || !strings.Contains(key.Value, "/") {
					r.problem(n, at, "parameters belong to one rule: write its id instead of %q", key.Value)
				}
				s.Parameters = v
			case nil:
			default:
				r.problem(n, at, "wants a mapping (key: value)")
			}
		}},
	)
	s.Level = rule.Level(level)
	return s
}

func (r *reader) waiver(n *yaml.Node, at string) Waiver {
	w := Waiver{At: r.place(n)}
	before := len(r.problems)
	r.object(n, at,
		field{"rule", func(n *yaml.Node, at string) {
			if r.text(&w.Rule)(n, at); w.Rule != "" {
				r.pattern(n, at, w.Rule)
			}
		}},
		field{"subject", func(n *yaml.Node, at string) {
			if r.text(&w.Subject)(n, at); w.Subject != "" {
				r.subject(n, at, w.Subject)
			}
		}},
		field{"reason", r.text(&w.Reason)},
		field{"expires", func(n *yaml.Node, at string) { w.Expires = r.date(n, at) }},
	)
	if len(r.problems) > before {
		return w
	}
	for _, f := range []struct{ name, value, say string }{
		{"rule", w.Rule, "which rule is accepted to be violated"},
		{"subject", w.Subject, `by what, as in "application:gluetun"`},
		{"reason", w.Reason, "why that is acceptable"},
		{"expires", w.Expires, "until when, as in 2027-01-31"},
	} {
		if f.value == "" {
			r.problem(n, at, "%s is missing: say %s", f.name, f.say)
		}
	}
	return w
}

// allRules is the pattern that names every rule.
const allRules Pattern = "*"

// allowed reads which rules annotations may waive: all of them (true), none
// (false), or those of a list of patterns.
func (r *reader) allowed(n *yaml.Node, at string) []AllowedWaiver {
	n = r.step(n)
	out := []AllowedWaiver{}
	if n.Kind != yaml.SequenceNode {
		var all *bool
		if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
			r.problem(n, at, "wants true, false or a list of rules, not %s", kindOf(n))
		} else if r.flag(&all)(n, at); all != nil && *all {
			out = append(out, AllowedWaiver{Pattern: allRules, At: r.place(n)})
		}
		return out
	}
	r.list(n, at, func(n *yaml.Node, at string) {
		var p string
		if r.text(&p)(n, at); p != "" {
			r.pattern(r.step(n), at, p)
			out = append(out, AllowedWaiver{Pattern: Pattern(p), At: r.place(n)})
		}
	})
	return out
}

func (r *reader) subject(n *yaml.Node, at, subject string) {
	kind, name, ok := strings.Cut(subject, ":")
	if !ok || kind == "" || name == "" {
		r.problem(n, at, `%q is no subject: write kind:name or kind:model/name, as in "application:gluetun"`, subject)
		return
	}
	r.glob(n, at, name)
}

func (r *reader) date(n *yaml.Node, at string) string {
	n = r.step(n)
	if n.Kind == yaml.ScalarNode && (n.Tag == "!!timestamp" || n.Tag == "!!str") {
		if _, err := time.Parse(time.DateOnly, n.Value); err == nil {
			return n.Value
		}
	}
	r.problem(n, at, "wants a date as in 2027-01-31, not %s", kindOf(n))
	return ""
}

func (r *reader) source(n *yaml.Node, at string, c *Config) {
	var s topology.SourceModel
	var root string
	before := len(r.problems)
	r.object(n, at,
		field{"path", func(n *yaml.Node, at string) { r.text(&s.Path)(n, at); r.glob(n, at, s.Path) }},
		field{"model", r.text(&s.Model)},
		field{"root", r.text(&root)},
	)
	switch {
	case len(r.problems) > before:
	case s.Path == "" || (s.Model == "") == (root == ""):
		r.problem(n, at, "wants both path and model, or path and root")
	case root != "":
		c.Roots = append(c.Roots, Root{Plan: s.Path, Folder: root})
	default:
		c.Sources = append(c.Sources, s)
	}
}

// evidence reads kinds of evidence of Kubernetes. Juju's sources say themselves
// what they hold.
func (r *reader) evidence(n *yaml.Node, at string) []snapshot.Evidence {
	var known []string
	for _, e := range snapshot.AllEvidence {
		// What else Juju tells, a plan shows in whole or not at all.
		if !e.OfJuju() || slices.Contains([]snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuOffers}, e) {
			known = append(known, string(e))
		}
	}
	var out []snapshot.Evidence
	r.list(n, at, func(n *yaml.Node, at string) {
		var kind string
		if r.oneOf(&kind, known...)(n, at); kind != "" && !slices.Contains(out, snapshot.Evidence(kind)) {
			out = append(out, snapshot.Evidence(kind))
		}
	})
	return out
}

func (r *reader) pattern(n *yaml.Node, at, p string) {
	if err := Pattern(p).Valid(); err != nil {
		r.problem(n, at, "%q is no valid glob: a [ or \\ is not closed", p)
	}
}

func (r *reader) glob(n *yaml.Node, at, glob string) {
	if _, err := path.Match(glob, ""); err != nil {
		r.problem(n, at, "%q is no valid glob: a [ or \\ is not closed", glob)
	}
}
