package evaluate

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/charmarr/charmarr-lint/internal/evaluate/compiled"
)

// compileRules finds the rules of the set, reads what each says of itself, and
// compiles what is not ready; with checkTypes it checks its types.
func (set policySet) compileRules(checkTypes bool) ([]loaded, Errors) {
	rules, errs := set.collectRules()
	if errs.spoilCompile() {
		return rules, errs
	}
	var ready, rest *ast.Compiler
	if set.ready != nil {
		var readyErrs Errors
		ready, readyErrs = revive(set.caps, set.ready)
		errs = append(errs, readyErrs...)
	}
	if len(set.files) > 0 {
		var restErrs Errors
		rest, restErrs = compile(set.caps, set.files, checkTypes, false)
		errs = append(errs, restErrs...)
	}
	for i := range rules {
		if rules[i].compiler = rest; ready != nil && !rules[i].Own {
			rules[i].compiler = ready
		}
	}
	return rules, errs
}

// collectRules finds the rules of the set. Built-in files beside packages that
// are ready are there to be compiled with.
func (set policySet) collectRules() ([]loaded, Errors) {
	abouts := make([]compiled.About, len(set.ready))
	for i, unit := range set.ready {
		abouts[i] = unit.About
	}
	var files []source
	for _, f := range set.files {
		if isPolicy(f.name) && (f.own || set.ready == nil) {
			files = append(files, f)
		}
	}
	rules, errs := collectRules(files, abouts)
	return rules, append(set.errs, errs...)
}

// checksOfBuiltins are the stages of OPA's compiler that change nothing and only
// refuse. The built-in policies come with the program and have passed them all
// before their compiled forms were written.
var checksOfBuiltins = []ast.StageID{
	ast.StageCheckUnusedImports,
	ast.StageCheckKeywordOverrides,
	ast.StageCheckDuplicateImports,
	ast.StageCheckVoidCalls,
	ast.StageParseMetadataBlocks, // of whole chains; METADATA is read from the modules
	ast.StageSetGraph,            // for the checks alone
	ast.StageCheckRuleConflicts,
	ast.StageCheckUndefinedFuncs,
	ast.StageCheckRecursion,
	ast.StageCheckTypes,
	ast.StageCheckUnsafeBuiltins,
	ast.StageCheckDeprecatedBuiltins,
	ast.StageBuildRequiredCapabilities,
}

// compile compiles all files. With checkTypes it checks them against the schema
// of a stack, twice over: as the root schema, which holds for every file, and as
// schema.stack, which METADATA may name.
//
// With prints, calls of print stay in; otherwise they are taken out.
func compile(caps *ast.Capabilities, files []source, checkTypes, prints bool) (*ast.Compiler, Errors) {
	modules := make(map[string]*ast.Module, len(files))
	for _, f := range files {
		modules[f.name] = f.module
	}
	compiler := ast.NewCompiler().
		WithCapabilities(caps).
		WithStrict(checkTypes).
		WithEnablePrintStatements(prints).
		SetErrorLimit(0)
	if checkTypes {
		schema, err := stackSchema()
		if err != nil {
			return nil, Errors{{Kind: KindCompile, Message: err.Error()}}
		}
		schemas := ast.NewSchemaSet()
		schemas.Put(ast.SchemaRootRef, schema)
		schemas.Put(ast.SchemaRootRef.Append(ast.StringTerm("stack")), schema)
		compiler = compiler.WithSchemas(schemas).WithUseTypeCheckAnnotations(true)
	} else {
		compiler = compiler.WithSkipStages(checksOfBuiltins...)
	}
	compiler.Compile(modules)
	if compiler.Failed() {
		return nil, fromAST(KindCompile, compiler.Errors)
	}
	if !checkTypes {
		return compiler, nil
	}
	return compiler, danglingRefs(compiler)
}
