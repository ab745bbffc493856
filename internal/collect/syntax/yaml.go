package syntax

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// parseYAML reads one document.
func parseYAML(doc *Document) (*Node, *Error) {
	if root, ok := parseBlock(doc); ok {
		return root, nil
	}
	return parseAny(doc)
}

// parseAny reads one document of any YAML through the library.
func parseAny(doc *Document) (*Node, *Error) {
	text := doc.Text()
	if doc.start == 0 {
		text = strings.TrimPrefix(text, byteOrderMark)
	}
	first := doc.source.line(doc.start)
	tree, err := load(text)
	if err != nil {
		return nil, yamlError(err, doc, first)
	}
	if tree == nil || len(tree.Content) == 0 {
		return nil, nil
	}
	c := converter{
		arena:   arena{doc: doc},
		cursor:  newCursor(doc.source.text[:doc.end], doc.end-len(text)),
		anchors: map[*yaml.Node]*anchor{},
	}
	root, _ := c.convert(tree.Content[0], nil, 0)
	if c.err != nil {
		return nil, c.err
	}
	return root, nil
}

// load calls the library; a defect in it must not end the run. Keys and
// aliases are checked by the converter, which knows where both keys stand and
// what an alias adds up to. The library's depth is a second fence: it counts
// differently and only has to stop before its own recursion does harm.
func load(text string) (tree *yaml.Node, err error) {
	defer func() {
		if defect := recover(); defect != nil {
			tree, err = nil, fmt.Errorf("the YAML library cannot read this document: %v", defect)
		}
	}()
	loader, err := yaml.NewLoader(strings.NewReader(text), yaml.WithV4Defaults(), yaml.WithUniqueKeys(false),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(2*maxDepth), loaderlimits.AliasNone())))
	if err != nil {
		return nil, err
	}
	tree = new(yaml.Node)
	if err := loader.Load(tree); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return tree, nil
}

// yamlError moves a message of the library to the document's place in its
// file. first is the line of the file in which the library's line 1 stands.
func yamlError(err error, doc *Document, first int) *Error {
	out := &Error{Line: doc.Line}
	var at *yaml.LoadError
	if !errors.As(err, &at) {
		out.Reason = "the YAML is broken: " + err.Error()
		return out
	}
	last := first + strings.Count(strings.TrimRight(doc.Text(), "\n"), "\n")
	out.Line = min(first+max(at.Mark.Line, 1)-1, last)
	if first+at.Mark.Line-1 == out.Line {
		out.Column = at.Mark.Column
	}
	out.Template = isTemplate(doc, at.Mark.Line, at.ContextMark.Line)
	out.Reason = "the YAML is broken: " + at.Message
	if at.ContextMsg != "" {
		out.Reason += fmt.Sprintf(", %s that starts on line %d", at.ContextMsg, first+max(at.ContextMark.Line, 1)-1)
	}
	if strings.Contains(at.Message, "cannot start any token") {
		out.Reason += " (a tab or a sign such as @ or ` at the start of a value?)"
	}
	return out
}

// isTemplate tells whether a broken document is broken because it is a
// template: it starts with "{{", or "{{" stands on a line that the library
// complains about, or on the one before. Elsewhere it may well be part of a
// text, such as a dashboard's, in a document that is broken otherwise.
func isTemplate(doc *Document, lines ...int) bool {
	text := doc.Text()
	if strings.HasPrefix(doc.source.text[doc.source.body(doc.start, doc.end):], "{{") {
		return true
	}
	if !strings.Contains(text, "{{") {
		return false
	}
	split := strings.Split(text, "\n")
	for _, line := range lines {
		for _, i := range []int{line - 2, line - 1} {
			if i >= 0 && i < len(split) && strings.Contains(split[i], "{{") {
				return true
			}
		}
	}
	return false
}

// converter turns the library's tree into ours.
type converter struct {
	arena
	cursor  cursor
	anchors map[*yaml.Node]*anchor
	err     *Error
}

// anchor is a node that aliases refer to.
type anchor struct {
	node *Node // nil while it is being converted
	size int   // nodes in it, its aliases expanded
}

func (c *converter) fail(n *Node, err *Error) (*Node, int) {
	if c.err == nil {
		c.err = err
		if n != nil && err.Line == 0 {
			err.Line, err.Column = c.doc.source.place(int(n.start))
		}
	}
	return nil, 0
}

// convert returns the node and how many nodes are in it after its aliases are
// expanded. It returns nil once something failed.
func (c *converter) convert(from *yaml.Node, key *Node, depth int) (*Node, int) {
	if from.Kind == yaml.AliasNode {
		return c.alias(from, key)
	}
	start := c.cursor.seek(from.Line, from.Column)
	n := c.node(Null, key, "", start, start)
	switch {
	case depth > maxDepth:
		return c.fail(n, tooDeep())
	case c.full():
		return c.fail(n, tooMany())
	}
	var mine *anchor
	if from.Anchor != "" {
		mine = &anchor{}
		c.anchors[from] = mine
	}
	size := 1
	switch from.Kind {
	case yaml.ScalarNode:
		c.scalar(n, from)
	case yaml.SequenceNode:
		n.kind = List
		n.items = make([]*Node, 0, len(from.Content))
		for _, item := range from.Content {
			child, more := c.convert(item, key, depth+1)
			if child == nil {
				return nil, 0
			}
			n.items = append(n.items, child)
			size += more
		}
	case yaml.MappingNode:
		more, ok := c.mapping(n, from, depth)
		if !ok {
			return nil, 0
		}
		size += more
	default:
		return c.fail(n, &Error{Reason: "the YAML holds something that is neither scalar, list nor mapping"})
	}
	if size > maxNodes {
		return c.fail(n, tooMany())
	}
	if mine != nil {
		mine.node, mine.size = n, size
	}
	return n, size
}

func (c *converter) alias(from *yaml.Node, key *Node) (*Node, int) {
	target := c.anchors[from.Alias]
	if target == nil || target.node == nil {
		start := c.cursor.seek(from.Line, from.Column)
		n := c.node(Null, key, "", start, start)
		return c.fail(n, &Error{Reason: fmt.Sprintf("the alias *%s refers to something that it is part of", from.Value)})
	}
	return target.node, target.size
}

func (c *converter) mapping(n *Node, from *yaml.Node, depth int) (size int, ok bool) {
	n.kind = Map
	n.items = make([]*Node, 0, len(from.Content))
	var merges []*Node
	for i := 0; i+1 < len(from.Content); i += 2 {
		k, _ := c.convert(from.Content[i], n.key, depth+1)
		if k == nil {
			return 0, false
		}
		if k.kind == List || k.kind == Map {
			template := k.start > 0 && strings.HasPrefix(c.doc.source.text[k.start-1:], "{{")
			reason := "a key of a mapping is " + k.kind.String() + ", want text"
			if template {
				reason = "this looks like a template: render it first"
			}
			c.fail(k, &Error{Reason: reason, Template: template})
			return 0, false
		}
		v, more := c.convert(from.Content[i+1], k, depth+1)
		if v == nil {
			return 0, false
		}
		if size += more + 1; size > maxNodes {
			c.fail(k, tooMany())
			return 0, false
		}
		if k.plain && k.value == "<<" {
			merges = append(merges, v)
			continue
		}
		n.items = append(n.items, k, v)
	}
	if err := duplicate(n); err != nil {
		c.fail(n, err)
		return 0, false
	}
	if len(merges) > 0 && !c.merge(n, merges) {
		return 0, false
	}
	return size, true
}

// merge adds the entries of "<<" that the mapping does not have itself.
func (c *converter) merge(n *Node, merges []*Node) bool {
	have := map[string]bool{}
	for i := 0; i < len(n.items); i += 2 {
		have[n.items[i].value] = true
	}
	add := func(from *Node) bool {
		if from.kind != Map {
			c.fail(from, &Error{Reason: "the value of << is " + from.kind.String() + ", want a mapping or a list of mappings"})
			return false
		}
		for i := 0; i < len(from.items); i += 2 {
			if k := from.items[i]; !have[k.value] {
				have[k.value] = true
				n.items = append(n.items, k, from.items[i+1])
			}
		}
		return true
	}
	for _, m := range merges {
		if m.kind == List {
			for _, item := range m.items {
				if !add(item) {
					return false
				}
			}
		} else if !add(m) {
			return false
		}
	}
	return true
}

func (c *converter) scalar(n *Node, from *yaml.Node) {
	n.value = from.Value
	n.kind = String
	n.plain = from.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	tagged := from.Style&yaml.TaggedStyle != 0
	token := skipProperties(c.doc.source.text, int(n.start), c.doc.end)
	n.end = int32(scalarEnd(c.doc.source.text[:c.doc.end], token, from, n.plain))
	switch {
	case tagged:
		n.kind = kindOfTag(from.Tag)
		n.plain = n.plain && n.kind != String
	case n.plain:
		n.kind = resolve(n.value)
	}
}

// kindOfTag returns the kind that an explicit tag says.
func kindOfTag(tag string) Kind {
	switch tag {
	case "!!null":
		return Null
	case "!!bool":
		return Bool
	case "!!int", "!!float":
		return Number
	}
	return String
}

// skipProperties returns where a node's token starts after its tag and anchor.
func skipProperties(text string, at, end int) int {
	for at < end && (text[at] == '&' || text[at] == '!') {
		for at < end && text[at] != ' ' && text[at] != '\t' && text[at] != '\n' && text[at] != '\r' {
			at++
		}
		for at < end && (text[at] == ' ' || text[at] == '\t') {
			at++
		}
	}
	return at
}

// scalarEnd returns where a scalar that starts at an offset ends; 0 where it
// ends on another line.
func scalarEnd(text string, at int, from *yaml.Node, plain bool) int {
	if at >= len(text) {
		return 0
	}
	switch {
	case plain:
		if strings.HasPrefix(text[at:], from.Value) {
			return at + len(from.Value)
		}
		return 0
	case text[at] == '"' || text[at] == '\'':
		quote := text[at]
		for i := at + 1; i < len(text) && text[i] != '\n'; i++ {
			switch {
			case text[i] == '\\' && quote == '"':
				i++
			case text[i] == quote && quote == '\'' && i+1 < len(text) && text[i+1] == '\'':
				i++
			case text[i] == quote:
				return i + 1
			}
		}
	}
	return 0
}
