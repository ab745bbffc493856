package evaluate

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/charmarr/charmarr-lint/internal/rule"
)

// shape is the keys of a kind of result object.
type shape struct {
	what     string
	required []string
	optional []string
}

func violationShape() shape {
	return shape{
		what:     "a violation",
		required: []string{"subject", "message", "at", "state"},
		optional: []string{"way", "level", "evidence", "remediation"},
	}
}

func undecidedShape() shape {
	return shape{what: "an undecided subject", required: []string{"subject", "missing"}}
}

func subjectShape() shape {
	return shape{what: "a subject", required: []string{"kind", "model", "namespace", "name"}}
}

func evidenceShape() shape {
	return shape{what: "a piece of evidence", required: []string{"fact", "at", "object"}}
}

// check compares keys with the shape; "" is fine.
func (s shape) check(keys []string) string {
	var wrong []string
	for _, k := range s.required {
		if !slices.Contains(keys, k) {
			wrong = append(wrong, "has no key "+k)
		}
	}
	for _, k := range keys {
		if !slices.Contains(s.required, k) && !slices.Contains(s.optional, k) {
			wrong = append(wrong, "has unknown key "+k)
		}
	}
	if len(wrong) == 0 {
		return ""
	}
	known := "known are " + strings.Join(slices.Concat(s.required, s.optional), ", ")
	return s.what + " " + strings.Join(wrong, " and ") + "; " + known
}

// checkLiteral checks the object that a rule adds to violations or undecided,
// where it is written out, before anything is judged: a missing key would
// otherwise come up only on the day the rule fires.
func checkLiteral(r rule.Rule, def *ast.Rule, s shape) Errors {
	if def.Head.RuleKind() != ast.MultiValue || len(def.Head.Ref()) != 1 {
		return Errors{at(KindResult, def.Location, "rule %s: write `%s contains v if { … }`", r.ID, def.Head.Ref()[0])}
	}
	var errs Errors
	for _, literal := range literals(def) {
		keys := make([]string, 0, literal.object.Len())
		for _, k := range literal.object.Keys() {
			keys = append(keys, strings.Trim(k.Value.String(), `"`))
		}
		slices.Sort(keys)
		if wrong := s.check(keys); wrong != "" {
			errs = append(errs, at(KindResult, literal.loc, "rule %s: %s", r.ID, wrong))
		}
	}
	return errs
}

// literal is an object written out in Rego.
type literal struct {
	object ast.Object
	loc    *ast.Location
}

// literals finds the object literals that a definition adds to its set: the key
// of its head, or what its body assigns to that variable.
func literals(def *ast.Rule) []literal {
	var out []literal
	if o, ok := def.Head.Key.Value.(ast.Object); ok {
		out = append(out, literal{o, def.Head.Key.Location})
	}
	name, ok := def.Head.Key.Value.(ast.Var)
	if !ok {
		return out
	}
	for _, expr := range def.Body {
		if !expr.IsAssignment() && !expr.IsEquality() {
			continue
		}
		left, right := expr.Operand(0), expr.Operand(1)
		if left.Value.Compare(name) != 0 {
			continue
		}
		if o, ok := right.Value.(ast.Object); ok {
			out = append(out, literal{o, right.Location})
		}
	}
	return out
}
