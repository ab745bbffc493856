package evaluate

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/rule/ruledoc"
	"github.com/charmarr/charmarr-lint/policies"
)

const policyRoot = "../../policies"

// The built-in policies are type-checked here and not in every run.
func TestBuiltinPoliciesLoad(t *testing.T) {
	_, err := newEngine(t.Context(), policies.Files, Options{}, true)
	require.NoError(t, err)
}

// Each rule has what readers, reports and reviewers need of it.
func TestBuiltinRulesAreComplete(t *testing.T) {
	engine, err := New(t.Context(), Options{})
	require.NoError(t, err)
	require.NotEmpty(t, engine.Rules())
	reference := regexp.MustCompile(`^[a-z0-9]+/adr-[0-9]{3}(#[a-z0-9-]+)?$`)

	for _, r := range engine.Rules() {
		t.Run(string(r.ID), func(t *testing.T) {
			snake := strings.ReplaceAll(string(r.ID), "-", "_")
			base := filepath.Base(snake)
			require.Equal(t, "policies/rules/"+snake+"/"+base+".rego", r.File, "the path is the identity")
			require.NotContains(t, r.Title, "\n")
			require.NotEmpty(t, r.Description, "say why it matters")
			require.NotEmpty(t, r.Subjects)
			require.NotEmpty(t, r.States)
			require.NotEmpty(t, r.Remediation, "say how to mend it")
			require.NotEmpty(t, r.ADR)
			for _, ref := range r.ADR {
				require.Regexp(t, reference, ref)
				_, _, known := ruledoc.Find(ref)
				require.True(t, known, "no decision record or clause %s: see ruledoc.Records", ref)
			}
			dir := filepath.Join(policyRoot, "rules", snake)
			require.FileExists(t, filepath.Join(dir, base+"_test.rego"))
			for _, kind := range []string{"pass", "fail"} {
				found, err := filepath.Glob(filepath.Join(dir, kind+"*"))
				require.NoError(t, err)
				require.NotEmpty(t, found, "no %s fixture", kind)
			}
			require.FileExists(t, filepath.Join("../../docs/rules", ruledoc.Path(r.ID)), "run `go run ./tools/gen`")
		})
	}
}

// Every folder of policies/rules is a rule.
func TestEveryRuleFolderIsARule(t *testing.T) {
	engine, err := New(t.Context(), Options{})
	require.NoError(t, err)
	var known []string
	for _, r := range engine.Rules() {
		known = append(known, filepath.Dir(r.File))
	}
	folders, err := filepath.Glob(filepath.Join(policyRoot, "rules/*/*"))
	require.NoError(t, err)
	for _, folder := range folders {
		rel, err := filepath.Rel(filepath.Join(policyRoot, ".."), folder)
		require.NoError(t, err)
		require.Contains(t, known, filepath.ToSlash(rel))
	}
}

// OPA does not check everything: it looks into no argument of a function, and
// into no body of `every`. Built-in policies keep away from both.
func TestBuiltinPoliciesAvoidWhatIsNotChecked(t *testing.T) {
	for _, f := range builtinSources(t, isPolicy) {
		t.Run(f.name, func(t *testing.T) {
			ast.WalkExprs(f.module, func(e *ast.Expr) bool {
				if e.IsEvery() {
					t.Errorf("%s: `every` hides misspelt fields from the type checker: use `some` or a set", e.Location)
				}
				return false
			})
			for _, def := range f.module.Rules {
				if len(def.Head.Args) == 0 {
					continue
				}
				params := map[ast.Var]bool{}
				for _, arg := range def.Head.Args {
					if v, ok := arg.Value.(ast.Var); ok {
						params[v] = true
					}
				}
				ast.WalkRefs(def, func(ref ast.Ref) bool {
					v, isVar := ref[0].Value.(ast.Var)
					if field, isField := ref[min(1, len(ref)-1)].Value.(ast.String); isVar && isField && params[v] {
						t.Errorf("%s: field %s of parameter %s is not checked against the schema: pass the value, or derive a set", ref[0].Location, field, v)
					}
					return false
				})
			}
			if strings.HasPrefix(f.name, "policies/rules/") {
				checkLiterals(t, f.module)
			}
		})
	}
}

// checkLiterals wants results written out, so that their references are checked
// and their keys known before anything is judged.
func checkLiterals(t *testing.T, m *ast.Module) {
	for _, def := range m.Rules {
		name := def.Head.Ref().String()
		if (name == "violations" || name == "undecided") && len(literals(def)) == 0 {
			t.Errorf("%s: %s must be given an object literal", def.Location, name)
		}
	}
}

// Every field that the built-in policies refer to is misspelt, and each must be
// refused: what OPA does not check here it would not check for the author of
// the next rule either.
func TestTyposInBuiltinPoliciesAreRefused(t *testing.T) {
	for _, f := range builtinSources(t, isPolicy) {
		t.Run(f.name, func(t *testing.T) {
			// One error can hide another, so those that were not refused are
			// tried again without the rest, until that changes nothing.
			left := unchecked(t, f, nil)
			for before := 0; len(left) > 0 && len(left) != before; {
				before = len(left)
				left = unchecked(t, f, left)
			}
			for _, m := range left {
				require.Empty(t, unchecked(t, f, []typo{m}), "%s: misspelt %s is not refused", m.at, m.field)
			}
		})
	}
}

// typo is a misspelt field.
type typo struct {
	number int
	field  string
	at     *ast.Location
}

// unchecked misspells some fields of a file, or all for none, and returns those
// that the compiler did not complain about.
func unchecked(t *testing.T, f source, only []typo) []typo {
	t.Helper()
	// A library may be wrong for those who use it; a rule only for itself, in
	// whichever of its files.
	files := builtinSources(t, func(name string) bool {
		return isPolicy(name) && (strings.HasPrefix(name, "lib/") || path.Dir(builtinRoot+name) == path.Dir(f.name))
	})
	at := slices.IndexFunc(files, func(m source) bool { return m.name == f.name })
	known := map[string]bool{"data": true} // names that are no variables: imports, and rules of the package
	for _, imp := range files[at].module.Imports {
		known[string(imp.Name())] = true
	}
	for _, m := range files {
		if m.module.Package.Equal(files[at].module.Package) {
			for _, def := range m.module.Rules {
				known[string(def.Head.Ref()[0].Value.(ast.Var))] = true
			}
		}
	}
	misspelt := misspell(files[at].module, known, only)
	_, errs := compile(sandbox(), files, true, false)
	return slices.DeleteFunc(misspelt, func(m typo) bool {
		return slices.ContainsFunc(errs, func(e *PolicyError) bool {
			return e.File == f.name && strings.Contains(e.Message+e.Hint, m.field)
		})
	})
}

// misspell changes the first field of references into the input, and into what
// variables hold. Names that are known are no variables.
func misspell(m *ast.Module, known map[string]bool, only []typo) []typo {
	var out []typo
	number := 0
	for _, def := range m.Rules {
		ast.WalkRefs(def, func(ref ast.Ref) bool {
			head, isVar := ref[0].Value.(ast.Var)
			if !isVar || len(ref) < 2 || known[string(head)] || ast.BuiltinMap[ref.String()] != nil {
				return false
			}
			field, ok := ref[1].Value.(ast.String)
			if !ok {
				return false
			}
			number++
			if len(only) == 0 || slices.ContainsFunc(only, func(o typo) bool { return o.number == number }) {
				name := string(field) + "_typo" + strconv.Itoa(number) + "_"
				out = append(out, typo{number: number, field: name, at: ref[0].Location})
				ref[1] = ast.StringTerm(name).SetLocation(ref[1].Location)
			}
			return false
		})
	}
	return out
}

func TestMetadataFitsItsSchema(t *testing.T) {
	raw, err := fs.ReadFile(policies.Files, "schemas/rule.json")
	require.NoError(t, err)
	var doc map[string]any
	require.NoError(t, json.Unmarshal(raw, &doc))
	keys := slices.Sorted(maps.Keys(doc["properties"].(map[string]any)))
	require.Equal(t, metadataKeys(), keys, "the keys that are read are those of the schema")

	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("rule.json", doc))
	schema, err := compiler.Compile("rule.json")
	require.NoError(t, err)
	for _, f := range builtinSources(t, isPolicy) {
		for _, a := range f.module.Annotations {
			if a.Scope == "package" && strings.HasPrefix(f.name, "policies/rules/") {
				require.NoError(t, schema.Validate(a.Custom), f.name)
			}
		}
	}
}

// The tests of the policies, run as `opa test` would, each as a test of its own.
func TestRego(t *testing.T) {
	modules := map[string]*ast.Module{}
	for _, f := range builtinSources(t, func(name string) bool { return strings.HasSuffix(name, ".rego") }) {
		modules[f.name] = f.module
	}
	compiler := ast.NewCompiler().WithCapabilities(sandbox()).WithStrict(true).WithEnablePrintStatements(true)
	results, err := tester.NewRunner().
		SetCompiler(compiler).
		SetModules(modules).
		CapturePrintOutput(true).
		EnableTracing(false).
		RaiseBuiltinErrors(true).
		RunTests(t.Context(), nil)
	require.NoError(t, err)
	ran := 0
	for r := range results {
		ran++
		t.Run(strings.TrimPrefix(r.Package, "data.")+"/"+r.Name, func(t *testing.T) {
			require.NoError(t, r.Error)
			require.False(t, r.Skip, "%s: a test that is skipped tests nothing", r.Location)
			require.False(t, r.Fail, "%s: %s\n%s", r.Location, r.FailedAt, r.Output)
		})
	}
	require.NotZero(t, ran)
}

// builtinSources parses the policies as they are on disk.
func builtinSources(t *testing.T, want func(name string) bool) []source {
	t.Helper()
	var out []source
	tree := os.DirFS(policyRoot)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !want(name) {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		module, err := ast.ParseModuleWithOpts(builtinRoot+name, string(text), ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1})
		out = append(out, source{name: builtinRoot + name, text: string(text), module: module})
		return err
	})
	require.NoError(t, err)
	return out
}
