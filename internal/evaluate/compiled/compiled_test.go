package compiled

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/rule"
)

// everything has each kind of rule, expression and value that the compiler
// leaves in a module.
const everything = `package rules.a.b

import data.lib.t

x := 1.5e3

default y := null

y := true if input.a == "a"

else := false if input.b

f(1) := "one"

f(n) := t.name(n) if n > 1

list := [v | some v in input.list; not v.off]

object := {k: v | some k, v in input.object}

grouped[group] := names if {
	some group in {g | some e in input.list; g := e.group}
	names := {e.name | some e in input.list; e.group == group}
}

deep.er[k].est contains v if some k, v in input.object

all if every i, e in input.list { e.n > i; e.n < 10 } 

mocked if f(2) == "two" with input.a as "b" with data.lib.t.name as "two"

print_nothing if print("gone", input.a)

violations contains {"subject": s, "message": sprintf("%s: %v", [s, {s, "x", input.z}])} if {
	some s, n in input.object
	{s, n, "b"} != {n, s, "c"}
	[1, [s], {"k": s}, set(), {}, ""] != input.w
	s in {"a", "b"}
}
`

const library = `package lib.t

name(n) := sprintf("%d", [n])
`

// compile compiles sources by file name and returns the modules by file name.
func compile(t testing.TB, sources map[string]string) (*ast.Compiler, map[string]*ast.Module) {
	t.Helper()
	modules := map[string]*ast.Module{}
	for name, text := range sources {
		m, err := ast.ParseModuleWithOpts(name, text, ast.ParserOptions{RegoVersion: ast.RegoV1})
		require.NoError(t, err)
		modules[name] = m
	}
	c := ast.NewCompiler()
	c.Compile(modules)
	require.Empty(t, c.Errors)
	return c, c.Modules
}

func whole(t testing.TB, modules ...*ast.Module) Package {
	t.Helper()
	require.NotEmpty(t, modules)
	return Package{
		Origin: "sources",
		About: About{
			Path: []string{"rules", "a", "b"}, Parameters: true, At: Place{"b.rego", 7, 1}, Undecided: true,
			Rule: rule.Rule{
				ID: "a/b", Aliases: []rule.ID{"a/old"}, Title: "title", Description: "two\nlines", Level: rule.Error,
				Levels: map[string]rule.Level{"single-model": rule.Off, "adr-006": rule.Note},
				ADR:    []string{"apps/adr-001"}, Needs: [][]rule.Need{{{Evidence: "kube.pods", Part: "core"}}, {}},
				Subjects: []string{"pod"}, Remediation: []string{"do"}, States: []string{"declared"},
				Ways: []rule.Way{{ID: "way", Title: "A way"}}, Disputed: "it is", Security: "5.0",
				Parameters: true, Own: true, Package: "rules.a.b", File: "b.rego",
			},
		},
		Modules: modules,
		Indexed: []*ast.Rule{modules[0].Rules[2], modules[0].Rules[2].Else},
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	_, modules := compile(t, map[string]string{"a.rego": everything, "b.rego": library})
	want := whole(t, modules["a.rego"], modules["b.rego"])
	b, err := Write(want)
	require.NoError(t, err)
	got, err := Read(string(b))
	require.NoError(t, err)

	require.Equal(t, want.Origin, got.Origin)
	want.About.Rule.Needs[1] = nil // an empty list is none
	require.Empty(t, cmp.Diff(want.About, got.About))
	require.Len(t, got.Modules, 2)
	for i, m := range got.Modules {
		require.Equal(t, outline(want.Modules[i]), outline(m))
		for _, r := range m.Rules {
			require.Same(t, m, r.Module)
		}
	}
	require.Equal(t, []*ast.Rule{got.Modules[0].Rules[2], got.Modules[0].Rules[2].Else}, got.Indexed)

	again, err := Write(got)
	require.NoError(t, err)
	require.Equal(t, b, again)
}

// outline is all that evaluation looks at, as text, with the compiler's variables
// by their order.
func outline(m *ast.Module) string {
	var b strings.Builder
	at := func(l *ast.Location) string {
		if l == nil {
			return "-"
		}
		return fmt.Sprintf("%s:%d:%d", l.File, l.Row, l.Col)
	}
	fmt.Fprintln(&b, m.Package, at(m.Package.Location), m.RegoVersionSpan())
	ast.WalkRules(m, func(r *ast.Rule) bool {
		fmt.Fprintln(&b, "rule", at(r.Location), at(r.Head.Location), r.Default, r.Head.Name, r.Head.Assign, r.Head.RuleKind(), r.Head.Ref(), r.Else != nil, r)
		ast.WalkExprs(r, func(e *ast.Expr) bool {
			fmt.Fprintf(&b, "expression %s %d %v %T %s\n", at(e.Location), e.Index, e.Generated, e.Terms, e)
			for _, w := range e.With {
				fmt.Fprintln(&b, "with", at(w.Location), w)
			}
			return false
		})
		ast.WalkTerms(r, func(t *ast.Term) bool {
			fmt.Fprintf(&b, "%T ", t.Value)
			if c, ok := t.Value.(*ast.ObjectComprehension); ok {
				fmt.Fprint(&b, at(c.Key.Location))
			}
			return false
		})
		fmt.Fprintln(&b)
		return false
	})
	// The compiler's variables have other numbers.
	names := map[string]string{}
	words := strings.Split(b.String(), "__")
	for i, w := range words {
		if strings.HasPrefix(w, "local") {
			if names[w] == "" {
				names[w] = fmt.Sprint("v", len(names))
			}
			words[i] = names[w]
		}
	}
	return strings.Join(words, "__")
}

// What stands beside a package moves the compiler's numbers, and not the bytes.
func TestBytesDependOnThePackageAlone(t *testing.T) {
	bytes := func(beside string) []byte {
		_, modules := compile(t, map[string]string{"a.rego": beside, "b.rego": everything, "c.rego": library})
		p := whole(t, modules["b.rego"])
		b, err := Write(p)
		require.NoError(t, err)
		return b
	}
	want := bytes("package other")
	for _, n := range []int{0, 1, 3, 5, 7, 9, 11, 50, 90, 95, 100} {
		beside := "package other\n"
		for i := range n {
			beside += fmt.Sprintf("\nr%d if { v := %d; v > 2 }\n", i, i)
		}
		require.Equal(t, want, bytes(beside), "with %d rules beside it", n)
	}
}

func TestWriteRefusesWhatItDoesNotKnow(t *testing.T) {
	tests := map[string]struct {
		terms any
		want  string
	}{
		"a declaration":     {&ast.SomeDecl{}, "an expression over *ast.SomeDecl cannot be written"},
		"a template string": {ast.NewTerm(&ast.TemplateString{}), "a value of type *ast.TemplateString cannot be written"},
		"one within others": {
			[]*ast.Term{ast.VarTerm("f"), ast.ArrayTerm(ast.ArrayComprehensionTerm(ast.NullTerm(), ast.NewBody(&ast.Expr{Terms: &ast.SomeDecl{}})))},
			"an expression over *ast.SomeDecl cannot be written",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, modules := compile(t, map[string]string{"a.rego": everything, "b.rego": library})
			m := modules["a.rego"]
			m.Rules[0].Body = ast.NewBody(&ast.Expr{Terms: tt.terms})
			_, err := Write(whole(t, m))
			require.ErrorContains(t, err, "writing the compiled form of a.rego: ")
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestReadRefusesWhatIsNotWhole(t *testing.T) {
	_, modules := compile(t, map[string]string{"a.rego": everything, "b.rego": library})
	b, err := Write(whole(t, modules["a.rego"]))
	require.NoError(t, err)
	for n := range b {
		_, err := Read(string(b[:n]))
		require.ErrorContains(t, err, "reading a compiled package: ", "the first %d bytes", n)
	}
	_, err = Read(string(append(slices.Clone(b), 0)))
	require.EqualError(t, err, "reading a compiled package: more than a package")
}

// FuzzRead holds that no bytes make Read panic, and that what it takes can be
// evaluated as far as that it can be written again.
func FuzzRead(f *testing.F) {
	_, modules := compile(f, map[string]string{"a.rego": everything, "b.rego": library})
	for _, ms := range [][]*ast.Module{{modules["a.rego"]}, {modules["a.rego"], modules["b.rego"]}} {
		b, err := Write(whole(f, ms...))
		require.NoError(f, err)
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, b string) {
		p, err := Read(b)
		if err != nil {
			return
		}
		once, err := Write(p)
		require.NoError(t, err)
		again, err := Read(string(once))
		require.NoError(t, err)
		twice, err := Write(again)
		require.NoError(t, err)
		require.Equal(t, once, twice)
	})
}
