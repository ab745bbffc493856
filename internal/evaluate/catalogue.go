package evaluate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/version"

	"github.com/charmarr/charmarr-lint/internal/evaluate/compiled"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/policies"
)

// Catalogue is the built-in rules and what is generated from them.
type Catalogue struct {
	Rules []rule.Rule // sorted by id
	// Compiled are the compiled forms of all built-in packages, by path in the
	// tree of package policies: compiled/rules/mesh/gateway_not_enrolled.bin.
	Compiled map[string][]byte
}

// NewCatalogue makes the catalogue from the sources, types checked. The compiled
// forms that the program came with are not looked at.
func NewCatalogue(ctx context.Context) (Catalogue, error) {
	return newCatalogue(ctx, policies.Files)
}

func newCatalogue(ctx context.Context, builtin fs.FS) (Catalogue, error) {
	checked, err := newEngine(ctx, builtin, Options{}, true)
	if err != nil {
		return Catalogue{}, err
	}
	set := gather(ctx, builtin, nil, true, false)
	compiler, errs := compile(set.caps, set.files, false, false)
	if errs = append(set.errs, errs...); len(errs) > 0 {
		return Catalogue{}, errs.sorted()
	}
	out := Catalogue{Rules: checked.Rules(), Compiled: map[string][]byte{}}
	folders := folders(set.files)
	for _, p := range packagesOf(set.files, false) {
		folder := path.Join(p.path...)
		if len(folders[folder]) != len(p.files) {
			return Catalogue{}, fmt.Errorf("compiling package %s: its files, and they alone, must be in %s%s", p.name(), builtinRoot, folder)
		}
		unit, err := precompile(compiler, p, origin(p.files))
		if err != nil {
			return Catalogue{}, fmt.Errorf("compiling package %s: %w", p.name(), err)
		}
		out.Compiled[compiledName(folder)] = unit
	}
	return out, nil
}

// precompile writes the compiled form of a package.
func precompile(compiler *ast.Compiler, p pkg, origin string) ([]byte, error) {
	unit := compiled.Package{Origin: origin, About: compiled.About{Path: p.path, Parameters: p.readsParameters()}}
	if p.path[0] == "rules" {
		unit.About, _ = aboutRule(p) // what is wrong with it has been reported
	}
	for _, f := range p.files {
		module := compiler.Modules[f.name]
		unit.Modules = append(unit.Modules, module)
		ast.WalkRules(module, func(def *ast.Rule) bool {
			ast.WalkTerms(def, func(t *ast.Term) bool {
				if compiler.ComprehensionIndex(t) != nil && !slices.Contains(unit.Indexed, def) {
					unit.Indexed = append(unit.Indexed, def)
				}
				return false
			})
			return false
		})
	}
	return compiled.Write(unit)
}

// compiledName is where the compiled form of a folder is.
func compiledName(folder string) string { return "compiled/" + folder + ".bin" }

// folders groups built-in policies, tests aside, by folder: lib/stack,
// rules/mesh/gateway_not_enrolled. A folder is a package.
func folders(files []source) map[string][]source {
	out := map[string][]source{}
	for _, f := range files {
		if isPolicy(f.name) {
			folder := path.Dir(strings.TrimPrefix(f.name, builtinRoot))
			out[folder] = append(out[folder], f)
		}
	}
	return out
}

// form is the number of the compiled form. It changes with package compiled and
// with how this package compiles, so that a form of before is not taken.
const form = "1"

// layout spells a type out: what a package says of itself is written field by
// field without their names, so a form of another layout must not be read.
func layout(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "[]" + layout(t.Elem())
	case reflect.Map:
		return "map[" + layout(t.Key()) + "]" + layout(t.Elem())
	case reflect.Struct:
		var fields []string
		for i := range t.NumField() {
			fields = append(fields, t.Field(i).Name+" "+layout(t.Field(i).Type))
		}
		return "{" + strings.Join(fields, "; ") + "}"
	}
	return t.Kind().String()
}

// origin tells what a compiled form is made from: the sources of the package,
// the compiler, and what is said of a package.
func origin(files []source) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00", form, version.Version, layout(reflect.TypeFor[compiled.About]()))
	for _, f := range files {
		fmt.Fprintf(h, "%s\x00%d\x00%s", f.name, len(f.text), f.text)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// readCompiled reads the compiled forms of built-in policies. It returns them
// all, or none where one is missing, cannot be read or was made from something
// else: the sources are right in any case, and a test sees to it that the
// program never has to fall back on them.
func readCompiled(tree fs.FS, files []source) ([]compiled.Package, error) {
	byFolder := folders(files)
	out := make([]compiled.Package, 0, len(byFolder))
	for _, folder := range slices.Sorted(maps.Keys(byFolder)) {
		name := compiledName(folder)
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, fmt.Errorf("reading the compiled form of %s: %w", folder, err)
		}
		unit, err := compiled.Read(string(text))
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		if unit.Origin != origin(byFolder[folder]) {
			return nil, fmt.Errorf("reading %s: it was made from other sources; run `make generate`", name)
		}
		out = append(out, unit)
	}
	return out, nil
}

// revive makes a compiler of compiled packages, without compiling again.
func revive(caps *ast.Capabilities, units []compiled.Package) (*ast.Compiler, Errors) {
	modules := map[string]*ast.Module{}
	indexed := &ast.Module{Package: &ast.Package{Path: ast.DefaultRootRef}}
	for _, unit := range units {
		for _, m := range unit.Modules {
			modules[m.Package.Location.File] = m
		}
		indexed.Rules = append(indexed.Rules, unit.Indexed...)
	}

	compiler := ast.NewCompiler().WithCapabilities(caps)
	for _, stage := range compiler.StagesToRun() {
		if stage != ast.StageSetRuleTree && stage != ast.StageBuildRuleIndices && stage != ast.StageBuildComprehensionIndices {
			compiler = compiler.WithSkipStages(stage)
		}
	}
	// Compile copies the modules it is given. The real ones come in behind its
	// back, and the one it knows by name stands for all that it has to walk for
	// comprehensions.
	const known = "indexed"
	compiler.ModuleTree = ast.NewModuleTree(nil)
	compiler.WithStageAfterID(ast.StageSetRuleTree, ast.CompilerStageDefinition{
		Name: "SetCompiledModules", MetricName: "compile_stage_set_compiled_modules",
		Stage: func(c *ast.Compiler) *ast.Error {
			c.ModuleTree = ast.NewModuleTree(modules)
			c.RuleTree = ast.NewRuleTree(c.ModuleTree)
			c.Modules = map[string]*ast.Module{known: indexed}
			return nil
		},
	})
	compiler.Compile(map[string]*ast.Module{known: {Package: indexed.Package}})
	if compiler.Failed() {
		return nil, fromAST(KindCompile, compiler.Errors)
	}
	compiler.Modules = modules
	return compiler, nil
}
