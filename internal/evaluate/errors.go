package evaluate

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/charmarr/charmarr-lint/internal/rule"
)

// ErrorKind says at which step a policy failed.
type ErrorKind string

// The kinds of policy error.
const (
	KindRead       ErrorKind = "read"       // a file or directory could not be read
	KindParse      ErrorKind = "parse"      // not Rego
	KindMetadata   ErrorKind = "metadata"   // the METADATA block is wrong or missing
	KindPackage    ErrorKind = "package"    // the package is not one that may be defined here
	KindType       ErrorKind = "type"       // refers to a field that does not exist, or mixes types
	KindCompile    ErrorKind = "compile"    // any other error of the compiler
	KindResult     ErrorKind = "result"     // a result object is not as it must be
	KindRuntime    ErrorKind = "runtime"    // failed while judging a stack
	KindTime       ErrorKind = "time"       // took longer than the time limit
	KindParameters ErrorKind = "parameters" // parameters for a rule that does not exist
)

// PolicyError is one thing wrong with a policy. The command line exits with 2
// for it.
type PolicyError struct {
	Kind   ErrorKind
	File   string  // "" where no file is to blame
	Line   int     // from 1, or 0
	Column int     // from 1, or 0
	Rule   rule.ID // "" where it is not known
	Stack  string  // "" unless it came up while judging that stack
	// Message says what is wrong, Hint what would be right ("" where nothing
	// more is known).
	Message string
	Hint    string
}

// Error writes file:line:column, message and hint.
func (e *PolicyError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
			if e.Column > 0 {
				fmt.Fprintf(&b, ":%d", e.Column)
			}
		}
		b.WriteString(": ")
	}
	if e.Stack != "" {
		fmt.Fprintf(&b, "judging stack %q: ", e.Stack)
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString(" (")
		b.WriteString(e.Hint)
		b.WriteString(")")
	}
	return b.String()
}

// Errors is everything that is wrong with the policies of a run.
type Errors []*PolicyError

// Error lists the errors, one a line.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find a PolicyError.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// spoilCompile tells whether one of the errors would show up again, in another
// guise and place, in those of the compiler: a file that is not there leaves
// things undefined in the files that use it.
func (es Errors) spoilCompile() bool {
	return slices.ContainsFunc(es, func(e *PolicyError) bool {
		return e.Kind == KindRead || e.Kind == KindParse || e.Kind == KindPackage
	})
}

// sorted orders by place and drops what is said twice.
func (es Errors) sorted() Errors {
	slices.SortStableFunc(es, func(a, b *PolicyError) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Stack, b.Stack),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(es, func(a, b *PolicyError) bool { return *a == *b })
}

// at makes an error at a place in a policy.
func at(kind ErrorKind, loc *ast.Location, format string, args ...any) *PolicyError {
	// Some of OPA's messages run over several lines; an error here is one.
	e := &PolicyError{Kind: kind, Message: strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")}
	if loc != nil {
		e.File, e.Line, e.Column = loc.File, loc.Row, loc.Col
	}
	return e
}

// fromAST translates the errors of OPA's parser and compiler.
func fromAST(kind ErrorKind, errs ast.Errors) Errors {
	// The compiler's own names for variables would puzzle the reader.
	locals := regexp.MustCompile(`__local\d+__`)
	out := make(Errors, 0, len(errs))
	for _, e := range errs {
		k := kind
		switch e.Code {
		case ast.TypeErr:
			k = KindType
		case ast.ParseErr:
			k = KindParse
		}
		p := at(k, e.Location, "%s", locals.ReplaceAllString(e.Message, "_"))
		p.Hint = hint(e)
		out = append(out, p)
	}
	return out
}

// hint says what would have been right, where OPA knows.
func hint(e *ast.Error) string {
	if name, ok := strings.CutPrefix(e.Message, "undefined function "); ok && withheld(name) {
		return "policies compute on the input alone: this function reaches outside, or answers differently each time"
	}
	switch d := e.Details.(type) {
	case *ast.RefErrInvalidDetail:
		wrong := strings.Trim(d.Ref[d.Pos].String(), `"`)
		names := make([]string, 0, len(d.OneOf))
		for _, v := range d.OneOf {
			names = append(names, strings.Trim(v.String(), `"`))
		}
		slices.Sort(names)
		switch {
		case len(names) > 0:
			return fmt.Sprintf("there is no %s; known are %s", wrong, strings.Join(names, ", "))
		case d.Want != nil:
			return fmt.Sprintf("%s does not fit; wanted is %v", wrong, d.Want)
		}
	case *ast.RefErrUnsupportedDetail:
		return fmt.Sprintf("%s is a %v and has no fields", d.Ref[:d.Pos], d.Have)
	case *ast.ParserErrorDetail:
		if line := strings.TrimSpace(d.Line); line != "" {
			return "near " + line
		}
	case interface{ Lines() []string }:
		return strings.Join(d.Lines(), "; ")
	}
	return ""
}
