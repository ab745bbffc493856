package waiver

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Key is the annotation that holds a waiver. An object that needs several has
// them under keys of their own, each Key with a dot and a word behind it:
// charmarr-lint.io/waive.2. So each has a line of its own, and kubectl annotate
// sets or removes one without the others.
const Key = "charmarr-lint.io/waive"

// Annotation is an annotation in charmarr-lint's own domain, as it was read.
type Annotation struct {
	// Kind, Namespace and Name say which object has it; Namespace is empty for a
	// Namespace.
	Kind, Namespace, Name string
	Key, Value            string
	// Hidden says that the value was taken for a secret and not kept.
	Hidden bool
	// Subjects are those of the findings about the object.
	Subjects []finding.Subject
	// Stacks are those that the object stands in.
	Stacks []string
	At     finding.Location
}

// Object names the object as people do: "StatefulSet charmarr-core/radarr".
func (a Annotation) Object() string {
	if a.Namespace == "" {
		return a.Kind + " " + a.Name
	}
	return a.Kind + " " + a.Namespace + "/" + a.Name
}

// Accepted is what a waiver says in an annotation.
type Accepted struct {
	Rule    rule.ID
	Reason  string
	Expires string // YYYY-MM-DD
}

// String writes the annotation's value.
func (a Accepted) String() string { return string(a.Rule) + "; " + a.Reason + "; " + a.Expires }

// format is how the value of the annotation is to be written.
const format = `write "rule-id; reason; date", as in "topology/gateway-own-namespace; single node lab; 2027-01-31"`

// Parse reads the value of an annotation: a rule's id, a reason and a date, with
// semicolons between them. The reason may hold semicolons itself. Unlike in the
// configuration the rule is one rule: a pattern on an object would silence what
// its author never read.
func Parse(value string) (Accepted, error) {
	value = strings.TrimSpace(value)
	id, rest, more := strings.Cut(value, ";")
	last := strings.LastIndexByte(rest, ';')
	switch {
	case value == "":
		return Accepted{}, errors.New("it is empty; " + format)
	case !more || last < 0:
		return Accepted{}, fmt.Errorf("it has %d of three parts; %s", strings.Count(value, ";")+1, format)
	case strings.ContainsAny(value, "\n\r"):
		return Accepted{}, fmt.Errorf("it has several lines; write one waiver an annotation, the next as %s.2", Key)
	}
	a := Accepted{Rule: rule.ID(strings.TrimSpace(id)), Reason: strings.TrimSpace(rest[:last]), Expires: strings.TrimSpace(rest[last+1:])}
	area, name, ok := strings.Cut(string(a.Rule), "/")
	if !ok || area == "" || name == "" || strings.ContainsAny(name, "/") || strings.ContainsAny(string(a.Rule), `*?[]\ `) {
		return Accepted{}, fmt.Errorf("%q is no rule: name one rule by its id, area/name, without a glob", a.Rule)
	}
	if strings.Trim(a.Reason, " \t;") == "" {
		return Accepted{}, errors.New("the reason is missing: say why that is acceptable")
	}
	if a.Expires == "" {
		return Accepted{}, errors.New("the date is missing: say until when, as in 2027-01-31")
	}
	if _, err := time.Parse(time.DateOnly, a.Expires); err != nil {
		return Accepted{}, fmt.Errorf("%q is no date: say until when, as in 2027-01-31", a.Expires)
	}
	return a, nil
}

// read reads an annotation of our domain, of which Key alone means something.
func (a Annotation) read() (Accepted, error) {
	word, dotted := strings.CutPrefix(a.Key, Key+".")
	switch {
	case a.Key != Key && (!dotted || word == ""):
		message := fmt.Sprintf("charmarr-lint knows no such annotation; a waiver is %s, or %s.2 where there are several", Key, Key)
		if config.Nearest(a.Key, []string{Key}) != "" {
			message = fmt.Sprintf("charmarr-lint knows no such annotation; did you mean %s?", Key)
		}
		return Accepted{}, errors.New(message)
	case a.Hidden:
		return Accepted{}, fmt.Errorf("its key looks like that of a secret, so its value was not read; write it as %s.2", Key)
	}
	return Parse(a.Value)
}

// Command is the command that writes a waiver on an object. kubectl refuses it
// where the object has one under the same key.
func Command(kind, namespace, name string, a Accepted) string {
	return annotate(kind, namespace, name, Key+"="+a.String())
}

// removal is the command that takes an annotation off its object.
func (a Annotation) removal() string { return annotate(a.Kind, a.Namespace, a.Name, a.Key+"-") }

func annotate(kind, namespace, name, change string) string {
	words := []string{"kubectl", "annotate", strings.ToLower(kind)}
	if namespace != "" {
		words = append(words, "-n", shellWord(namespace))
	}
	return strings.Join(append(words, shellWord(name), shellWord(change)), " ")
}

// shellWord writes a word so that a POSIX shell takes it as it is.
func shellWord(s string) string {
	acts := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._/:=@%+,-", r))
	}
	if s != "" && strings.IndexFunc(s, acts) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
