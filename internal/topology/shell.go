package topology

import (
	"fmt"
	"strings"
)

// assignment is NAME=value in a shell script.
type assignment struct{ name, value string }

// parseAssignments reads a script that a shell sources for its variables, as
// pod-gateway's scripts do with settings.sh: assignments, one or several a line,
// with or without export, and comments. Of a variable that is set twice the later
// value stands, as it does in the shell. What only a shell can know (an expansion,
// a command) is a problem; the first one is returned, and the lines after it are
// read all the same.
func parseAssignments(script string) (found []assignment, problem string) {
	s := shellScanner{text: script, line: 1}
	index := map[string]int{}
	for !s.done() {
		for _, a := range s.command() {
			if i, ok := index[a.name]; ok {
				found[i] = a
				continue
			}
			index[a.name] = len(found)
			found = append(found, a)
		}
	}
	return found, s.problem
}

// shellScanner goes through a script command by command.
type shellScanner struct {
	text    string
	at      int
	line    int
	problem string
}

func (s *shellScanner) done() bool { return s.at >= len(s.text) }

func (s *shellScanner) fail(line int, format string, args ...any) {
	if s.problem == "" {
		s.problem = fmt.Sprintf("line %d: ", line) + fmt.Sprintf(format, args...)
	}
}

// command reads up to the end of a line or a semicolon and returns what is set
// there, which is nothing where there is anything but assignments.
func (s *shellScanner) command() []assignment {
	var found []assignment
	good, exported := true, false
	line := s.line
	for first := true; ; first = false {
		w, more := s.word()
		if !more {
			break
		}
		if first && w.raw == "export" {
			exported = true
			continue
		}
		name, value, set := strings.Cut(w.value, "=")
		// A quote in the name makes it a command; the name is judged as written.
		rawName, _, _ := strings.Cut(w.raw, "=")
		switch {
		case !good:
		case w.problem != "":
			good = false
			s.fail(line, "%s", w.problem)
		case set && name == rawName && isVariable(name):
			found = append(found, assignment{name, value})
		case exported && isVariable(w.raw): // export NAME, set elsewhere
		default:
			good = false
			s.fail(line, "%q is no assignment", shortened(w.raw))
		}
	}
	if !good {
		return nil
	}
	return found
}

// shellWord is a word as it is written and as the shell takes it, or why that
// cannot be told.
type shellWord struct{ raw, value, problem string }

// word reads the next word of a command; more is false at the command's end,
// which is read.
func (s *shellScanner) word() (w shellWord, more bool) {
	for !s.done() {
		switch c := s.text[s.at]; {
		case c == ' ' || c == '\t':
			s.at++
		case c == '\\' && strings.HasPrefix(s.text[s.at:], "\\\n"):
			s.at += 2
			s.line++
		case c == '#':
			s.skipLine()
		case c == '\n':
			s.at++
			s.line++
			return w, false
		case c == ';':
			s.at++
			return w, false
		default:
			return s.readWord(), true
		}
	}
	return w, false
}

func (s *shellScanner) skipLine() {
	if i := strings.IndexByte(s.text[s.at:], '\n'); i >= 0 {
		s.at += i
	} else {
		s.at = len(s.text)
	}
}

// readWord reads a word that starts here.
func (s *shellScanner) readWord() shellWord {
	var value strings.Builder
	var problem string
	start := s.at
	fail := func(what string) {
		if problem == "" {
			problem = what
		}
	}
loop:
	for !s.done() {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\n', ';':
			break loop
		case '\'':
			s.at++
			text, ok := s.until('\'')
			if !ok {
				fail("a quote is not closed")
			}
			value.WriteString(text)
		case '"':
			s.at++
			s.doubleQuoted(&value, fail)
		case '\\':
			s.at++
			s.escaped(&value)
		case '$', '`':
			fail("a value that the shell has to make is not known")
			value.WriteByte(c)
			s.at++
		case '&', '|', '<', '>', '(', ')':
			fail(fmt.Sprintf("%q is no assignment", string(c)))
			s.at++
		case '*', '?', '[', '~', '{':
			// In an assignment the shell leaves all of these but ~ as they are; a
			// home directory is nothing that a setting can mean.
			value.WriteByte(c)
			s.at++
		default:
			value.WriteByte(c)
			s.at++
		}
	}
	return shellWord{raw: s.text[start:s.at], value: value.String(), problem: problem}
}

// until reads up to a quote and the quote.
func (s *shellScanner) until(quote byte) (text string, ok bool) {
	i := strings.IndexByte(s.text[s.at:], quote)
	if i < 0 {
		text, s.at = s.text[s.at:], len(s.text)
	} else {
		text, ok = s.text[s.at:s.at+i], true
		s.at += i + 1
	}
	s.line += strings.Count(text, "\n")
	return text, ok
}

// doubleQuoted reads what is left of a word in double quotes and the quote.
func (s *shellScanner) doubleQuoted(value *strings.Builder, fail func(string)) {
	for !s.done() {
		c := s.text[s.at]
		s.at++
		switch c {
		case '"':
			return
		case '$', '`':
			fail("a value that the shell has to make is not known")
			value.WriteByte(c)
		case '\\':
			if !s.done() && strings.IndexByte("$`\"\\\n", s.text[s.at]) < 0 {
				value.WriteByte(c)
				continue
			}
			s.escaped(value)
		case '\n':
			s.line++
			value.WriteByte(c)
		default:
			value.WriteByte(c)
		}
	}
	fail("a quote is not closed")
}

// escaped takes the sign after a backslash as it is; a line end goes.
func (s *shellScanner) escaped(value *strings.Builder) {
	if s.done() {
		value.WriteByte('\\')
		return
	}
	c := s.text[s.at]
	s.at++
	if c == '\n' {
		s.line++
		return
	}
	value.WriteByte(c)
}

// isVariable tells whether a name can be a shell variable's.
func isVariable(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// shortened is the start of a text for a message.
func shortened(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
