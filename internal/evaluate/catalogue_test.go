package evaluate

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/topology"
	"github.com/charmarr/charmarr-lint/policies"
)

// withCompiled is a tree of built-in policies with the compiled forms of its
// sources, whether or not it has others.
func withCompiled(t testing.TB, tree fs.FS) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "compiled/") {
			return err
		}
		b, err := fs.ReadFile(tree, name)
		out[name] = &fstest.MapFile{Data: b}
		return err
	})
	require.NoError(t, err)
	catalogue, err := newCatalogue(t.Context(), tree)
	require.NoError(t, err)
	require.NotEmpty(t, catalogue.Compiled)
	for name, b := range catalogue.Compiled {
		out[name] = &fstest.MapFile{Data: b}
	}
	return out
}

// The compiled forms say of stacks what the sources say, and of themselves what
// METADATA says.
func TestCompiledFormsSayWhatTheSourcesSay(t *testing.T) {
	source, err := newEngine(t.Context(), policies.Files, Options{}, true)
	require.NoError(t, err)
	compiled, err := newEngine(t.Context(), withCompiled(t, policies.Files), Options{}, false)
	require.NoError(t, err)
	require.NotSame(t, source.rules[0].compiler, compiled.rules[0].compiler)
	require.Nil(t, compiled.rules[0].compiler.Graph, "it was not compiled again")

	require.Empty(t, cmp.Diff(source.Rules(), compiled.Rules()))
	require.Len(t, compiled.rules, len(source.rules))
	for i, want := range source.rules {
		got := compiled.rules[i]
		require.Equal(t, want.undecided.body.String(), got.undecided.body.String())
		require.Equal(t, want.violations.body.String(), got.violations.body.String())
		require.True(t, want.at.Equal(got.at), "%s and %s", want.at, got.at)
	}

	unsure := sizeable()
	for i := range unsure.Applications {
		unsure.Applications[i].Role, unsure.Applications[i].Mesh.Captured = "vpn-gateway", []string{"yes", "no", ""}[i%3]
	}
	stacks := []topology.Stack{{}, deployment("yes"), deployment(""), sizeable(), unsure}
	want, err := source.Evaluate(t.Context(), stacks, Request{})
	require.NoError(t, err)
	got, err := compiled.Evaluate(t.Context(), stacks, Request{})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, got))
}

// OPA keeps indices of rules and of comprehensions; they are the same ones.
func TestCompiledFormsHaveTheSameIndices(t *testing.T) {
	indices := func(fromSource bool) map[string]int {
		set := gather(t.Context(), withCompiled(t, policies.Files), nil, fromSource, false)
		require.Empty(t, set.errs)
		rules, errs := set.compileRules(false)
		require.Empty(t, errs)
		compiler := rules[0].compiler
		found := map[string]int{}
		for name, m := range compiler.Modules {
			for _, def := range m.Rules {
				if compiler.RuleIndex(def.Ref().GroundPrefix()) != nil {
					found["rules of "+name]++
				}
			}
			ast.WalkTerms(m, func(term *ast.Term) bool {
				if index := compiler.ComprehensionIndex(term); index != nil {
					found["comprehensions of "+name] += len(index.Keys)
				}
				return false
			})
		}
		return found
	}
	want := indices(true)
	require.NotEmpty(t, want)
	require.Empty(t, cmp.Diff(want, indices(false)))
}

// Compiled forms that do not fit are not taken, and the sources are.
func TestCompiledFormsThatDoNotFit(t *testing.T) {
	const rule, lib = "compiled/rules/mesh/gateway_free.bin", "compiled/lib/apps.bin"
	const source = "rules/mesh/gateway_free/gateway_free.rego"
	tests := map[string]struct {
		change func(fstest.MapFS)
		want   string
	}{
		"one is missing":   {func(tree fstest.MapFS) { delete(tree, lib) }, "reading the compiled form of lib/apps: "},
		"one is cut off":   {func(tree fstest.MapFS) { tree[rule].Data = tree[rule].Data[:200] }, "reading " + rule + ": reading a compiled package: "},
		"one is another's": {func(tree fstest.MapFS) { tree[rule] = tree[lib] }, "reading " + rule + ": it was made from other sources"},
		"a source has moved": {func(tree fstest.MapFS) {
			tree["rules/mesh/gateway_free/other.rego"] = tree[source]
			delete(tree, source)
		}, "it was made from other sources"},
		"a source has changed": {func(tree fstest.MapFS) {
			tree[source].Data = slices.Concat(tree[source].Data, []byte("\n# more\n"))
		}, "it was made from other sources; run `make generate`"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tree := withCompiled(t, os.DirFS("testdata/builtin"))
			tt.change(tree)
			files, errs := readBuiltin(tree, isPolicy)
			require.Empty(t, errs)
			_, err := readCompiled(tree, files)
			require.ErrorContains(t, err, tt.want)

			engine, err := newEngine(t.Context(), tree, Options{}, false)
			require.NoError(t, err)
			results, err := engine.Evaluate(t.Context(), []topology.Stack{deployment("yes")}, Request{})
			require.NoError(t, err)
			require.Len(t, results[0].Rules[0].Violations, 1)
		})
	}
}

func TestCatalogueWantsAFolderAPackage(t *testing.T) {
	tree := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(os.DirFS("testdata/builtin"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile("testdata/builtin/" + name)
		tree[name] = &fstest.MapFile{Data: b}
		return err
	}))
	tree["lib/more/more.rego"] = &fstest.MapFile{Data: []byte("package lib.apps\n\nmore := 1\n")}
	_, err := newCatalogue(t.Context(), tree)
	require.EqualError(t, err, "compiling package lib.apps: its files, and they alone, must be in policies/lib/apps")
}

// One's own rules are compiled with the libraries, and with the built-in rules as
// soon as they refer to anything else that is not their own.
func TestWhatOwnRulesAreCompiledWith(t *testing.T) {
	libraries := []string{"policies/lib/apps/apps.rego"}
	all := append(slices.Clone(libraries), "policies/rules/mesh/gateway_free/gateway_free.rego")
	for body, want := range map[string][]string{
		"x := 1": libraries,
		"import data.lib.apps\nx if some _ in apps.captured":          libraries,
		"x := data.lib.none.y":                                        libraries,
		"x := data.parameters[\"a/b\"]":                               libraries,
		"x := data.rules.own.one.y\n\ny := 1":                         libraries,
		"x := data.rules.own.two.y":                                   all,
		"import data.rules.mesh.gateway_free as g\nx := g.violations": all,
		"x := data.rules.own":                                         all,
		"x := data.rulez.own":                                         all,
		"x := data[input.name]":                                       all,
		"x := data":                                                   all,
		"x if { some k, _ in data.rules.mesh; k == \"y\" }":           all,
		"x if 1 == 1 with data.rules.mesh.gateway_free as 1":          all,
	} {
		m, err := ast.ParseModuleWithOpts("own.rego", "package rules.own.one\n"+body, ast.ParserOptions{RegoVersion: ast.RegoV1})
		require.NoError(t, err)
		files, errs := readBuiltin(os.DirFS("testdata/builtin"), isPolicy)
		require.Empty(t, errs)
		var got []string
		for _, f := range besides([]source{{module: m}}, files) {
			got = append(got, f.name)
		}
		require.Equal(t, want, got, body)
	}
	require.Empty(t, besides(nil, []source{{name: "policies/lib/apps/apps.rego"}}))
}

// One's own rules may ask the built-in ones.
func TestOwnRuleThatAsksABuiltinOne(t *testing.T) {
	dir := ownRule(t, "asks", `import data.rules.mesh.gateway_free

violations contains v if {
	some found in gateway_free.violations
	v := {"subject": found.subject, "message": "too", "at": found.at, "state": found.state}
}`)
	results, err := fixture(t, Options{OwnPolicies: []string{dir}}).Evaluate(t.Context(), []topology.Stack{deployment("yes")}, Request{})
	require.NoError(t, err)
	require.Len(t, own(t, results).Violations, 1)
}
