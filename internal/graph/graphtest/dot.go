package graphtest

import (
	"fmt"
	"regexp"
	"strings"
)

// DOT demands that a text is in the language of Graphviz: the part of its grammar
// that graphs with attributes and subgraphs need, with HTML-like labels that are
// well-formed.
func DOT(text string) error {
	p := &dotParser{rest: text}
	if err := p.graph(); err != nil {
		return fmt.Errorf("reading DOT at line %d: %w", 1+strings.Count(text[:len(text)-len(p.rest)], "\n"), err)
	}
	return nil
}

type dotParser struct{ rest string }

func (p *dotParser) graph() error {
	for _, want := range []string{"digraph", "charmarr", "{"} {
		if err := p.want(want); err != nil {
			return err
		}
	}
	if err := p.statements(); err != nil {
		return err
	}
	if p.space(); p.rest != "" {
		return fmt.Errorf("there is more after the end: %.20q", p.rest)
	}
	return nil
}

func (p *dotParser) space() { p.rest = strings.TrimLeft(p.rest, " \n") }

func (p *dotParser) peek(s string) bool {
	p.space()
	return strings.HasPrefix(p.rest, s)
}

func (p *dotParser) want(s string) error {
	if !p.peek(s) {
		return fmt.Errorf("want %q, got %.30q", s, p.rest)
	}
	p.rest = p.rest[len(s):]
	return nil
}

// statements reads up to and with the closing brace.
func (p *dotParser) statements() error {
	for !p.peek("}") {
		if err := p.statement(); err != nil {
			return err
		}
	}
	return p.want("}")
}

func (p *dotParser) statement() error {
	name, err := p.id()
	if err != nil {
		return err
	}
	switch {
	case name == "subgraph":
		if _, err := p.id(); err != nil {
			return err
		}
		if err := p.want("{"); err != nil {
			return err
		}
		return p.statements()
	case p.peek("="):
		if err := p.attribute(); err != nil {
			return err
		}
		return p.want(";")
	case p.peek("->"):
		if err := p.want("->"); err != nil {
			return err
		}
		if _, err := p.id(); err != nil {
			return err
		}
	}
	if err := p.want("["); err != nil {
		return err
	}
	for {
		if _, err := p.id(); err != nil {
			return err
		}
		if err := p.attribute(); err != nil {
			return err
		}
		if !p.peek(",") {
			break
		}
		if err := p.want(","); err != nil {
			return err
		}
	}
	if err := p.want("]"); err != nil {
		return err
	}
	return p.want(";")
}

func (p *dotParser) attribute() error {
	if err := p.want("="); err != nil {
		return err
	}
	_, err := p.id()
	return err
}

var (
	dotWord   = regexp.MustCompile(`^(?:[A-Za-z_][A-Za-z_0-9]*|-?[0-9.]+)`)
	dotQuoted = regexp.MustCompile(`^"(?:[^"\\\n]|\\[n"\\])*"`)
)

// id reads a word, a number, a string or an HTML-like label.
func (p *dotParser) id() (string, error) {
	p.space()
	for _, form := range []*regexp.Regexp{dotWord, dotQuoted} {
		if s := form.FindString(p.rest); s != "" {
			p.rest = p.rest[len(s):]
			return s, nil
		}
	}
	if !strings.HasPrefix(p.rest, "<") {
		return "", fmt.Errorf("want a name, got %.30q", p.rest)
	}
	depth := 0
	for i, r := range p.rest {
		switch r {
		case '<':
			depth++
		case '>':
			depth--
		}
		if depth == 0 {
			label := p.rest[1:i]
			p.rest = p.rest[i+1:]
			return label, XML("<label>" + label + "</label>")
		}
	}
	return "", fmt.Errorf("a label does not end: %.30q", p.rest)
}
