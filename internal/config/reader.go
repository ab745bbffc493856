package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/charmarr/charmarr-lint/internal/finding"
)

// maxNodes bounds the work that a file can ask for: aliases let 1 MiB of YAML
// stand for any number of nodes.
const maxNodes = 200_000

// reader walks YAML nodes and gathers all that is wrong with them, so that one
// run shows every mistake of a file.
type reader struct {
	file     string
	nodes    int
	problems []problem
}

// problem is a mistake with its place.
type problem struct {
	line, column int
	text         string
}

// field is a key that an object may have, and how its value is read.
type field struct {
	name string
	read func(n *yaml.Node, at string)
}

func (r *reader) problem(n *yaml.Node, at, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if at != "" {
		text = at + ": " + text
	}
	r.problems = append(r.problems, problem{n.Line, n.Column, text})
}

// err joins the problems in the order of the file; nil where there are none.
func (r *reader) err() error {
	if r.nodes > maxNodes {
		return fmt.Errorf("%s: its aliases stand for more than %d values; write it with fewer", r.file, maxNodes)
	}
	slices.SortStableFunc(r.problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	var errs []error
	for _, p := range r.problems {
		errs = append(errs, fmt.Errorf("%s:%d:%d: %s", r.file, p.line, p.column, p.text))
	}
	return errors.Join(errs...)
}

// place is where a node stands.
func (r *reader) place(n *yaml.Node) finding.Location {
	return finding.Location{File: r.file, Line: n.Line, Column: n.Column}
}

// step counts a node and follows an alias. Beyond maxNodes every node is
// nothing, so that the walk ends.
func (r *reader) step(n *yaml.Node) *yaml.Node {
	if r.nodes++; r.nodes > maxNodes {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: n.Line, Column: n.Column}
	}
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// object reads a mapping of known fields.
func (r *reader) object(n *yaml.Node, at string, fields ...field) {
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.name
	}
	r.entries(n, at, func(key, value *yaml.Node, _ string) {
		i := slices.Index(known, key.Value)
		if i < 0 {
			r.problem(key, at, "unknown field %q%s", key.Value, cmp.Or(didYouMean(key.Value, known), "; known are "+strings.Join(known, ", ")))
			return
		}
		fields[i].read(value, join(at, key.Value))
	})
}

// entries reads a mapping of free keys. Nothing at all counts as empty.
func (r *reader) entries(n *yaml.Node, at string, each func(key, value *yaml.Node, at string)) {
	n = r.step(n)
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.problem(n, at, "wants a mapping (key: value), not %s", kindOf(n))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := r.step(n.Content[i])
		if key.Kind != yaml.ScalarNode {
			r.problem(key, at, "a key is %s; write a word", kindOf(key))
			continue
		}
		if line, ok := seen[key.Value]; ok {
			r.problem(n.Content[i], at, "%q is written twice; the first is in line %d", key.Value, line)
			continue
		}
		seen[key.Value] = n.Content[i].Line
		each(key, n.Content[i+1], join(at, key.Value))
	}
}

// list reads a sequence. Nothing at all counts as empty.
func (r *reader) list(n *yaml.Node, at string, each func(n *yaml.Node, at string)) {
	n = r.step(n)
	if isNull(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		r.problem(n, at, "wants a list ([a, b]), not %s", kindOf(n))
		return
	}
	for i, item := range n.Content {
		each(item, at+"["+strconv.Itoa(i)+"]")
	}
}

// text reads a string that is not empty.
func (r *reader) text(dst *string) func(*yaml.Node, string) {
	return func(n *yaml.Node, at string) {
		n = r.step(n)
		switch {
		case n.Kind != yaml.ScalarNode || n.Tag != "!!str":
			r.problem(n, at, "wants text, not %s", kindOf(n))
		case strings.TrimSpace(n.Value) == "":
			r.problem(n, at, "is empty")
		default:
			*dst = n.Value
		}
	}
}

// oneOf reads one word of a few.
func (r *reader) oneOf(dst *string, words ...string) func(*yaml.Node, string) {
	return func(n *yaml.Node, at string) {
		n = r.step(n)
		switch {
		case n.Kind != yaml.ScalarNode || isNull(n):
			r.problem(n, at, "wants one of %s, not %s", strings.Join(words, ", "), kindOf(n))
		case !slices.Contains(words, n.Value):
			r.problem(n, at, "%q is none of %s%s", n.Value, strings.Join(words, ", "), didYouMean(n.Value, words))
		default:
			*dst = n.Value
		}
	}
}

// texts reads a list of strings.
func (r *reader) texts(dst *[]string) func(*yaml.Node, string) {
	return func(n *yaml.Node, at string) {
		out := []string{}
		r.list(n, at, func(n *yaml.Node, at string) {
			var s string
			if r.text(&s)(n, at); s != "" {
				out = append(out, s)
			}
		})
		*dst = out
	}
}

// flag reads true or false.
func (r *reader) flag(dst **bool) func(*yaml.Node, string) {
	return func(n *yaml.Node, at string) {
		n = r.step(n)
		var b bool
		if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || n.Decode(&b) != nil {
			r.problem(n, at, "wants true or false, not %s", kindOf(n))
			return
		}
		*dst = &b
	}
}

// plain reads any value as JSON has it: parameters of a rule are its own.
func (r *reader) plain(n *yaml.Node, at string) any {
	n = r.step(n)
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		r.entries(n, at, func(key, value *yaml.Node, at string) { out[key.Value] = r.plain(value, at) })
		return out
	case yaml.SequenceNode:
		out := []any{}
		r.list(n, at, func(n *yaml.Node, at string) { out = append(out, r.plain(n, at)) })
		return out
	}
	var v any
	switch n.Tag {
	case "!!int", "!!float", "!!bool", "!!null":
		if err := n.Decode(&v); err != nil {
			r.problem(n, at, "%q cannot be read: %v", n.Value, err)
		}
		if f, ok := v.(float64); ok && (f != f || f > maxFloat || f < -maxFloat) {
			r.problem(n, at, "%q is no number that JSON has", n.Value)
			return nil
		}
		return v
	}
	return n.Value
}

// maxFloat is the largest finite number.
const maxFloat = 1.7976931348623157e308

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// kindOf names a node in the words of a message.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		switch n.Tag {
		case "!!null":
			return "nothing"
		case "!!str":
			return "the text " + quote(n.Value)
		case "!!int", "!!float":
			return "the number " + n.Value
		case "!!bool":
			return "the truth value " + n.Value
		case "!!timestamp":
			return "the date " + n.Value
		}
		return n.Tag + " " + quote(n.Value)
	}
	return "nothing"
}

func quote(s string) string { return strconv.Quote(s) }

func join(at, key string) string {
	if strings.ContainsAny(key, "./ ") {
		key = quote(key)
	}
	if at == "" {
		return key
	}
	return at + "." + key
}
