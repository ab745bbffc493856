package evaluate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// source is a Rego file.
type source struct {
	name   string // as it is named in errors, with / separators
	own    bool
	text   string
	module *ast.Module
}

// builtinRoot stands before the names of built-in files, so that an error names
// them as the repository does.
const builtinRoot = "policies/"

// parseAll reads and parses the wanted built-in files and those of the
// directories. A file that fails is left out of the result and named in the
// errors.
func parseAll(ctx context.Context, caps *ast.Capabilities, builtin fs.FS, dirs []string, builtinWanted, ownWanted func(name string) bool) ([]source, Errors) {
	files, errs := readBuiltin(builtin, builtinWanted)
	own, ownErrs := readOwn(ctx, dirs, ownWanted)
	files, errs = append(files, own...), append(errs, ownErrs...)

	opts := ast.ParserOptions{Capabilities: caps, ProcessAnnotation: true, RegoVersion: ast.RegoV1}
	failed := make([]error, len(files))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for i := range next {
				files[i].module, failed[i] = ast.ParseModuleWithOpts(files[i].name, files[i].text, opts)
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	workers.Wait()

	parsed := make([]source, 0, len(files))
	for i, f := range files {
		if failed[i] != nil {
			errs = append(errs, parseErrors(f.name, failed[i])...)
			continue
		}
		parsed = append(parsed, f)
	}
	return parsed, errs
}

func parseErrors(name string, err error) Errors {
	if list, ok := errors.AsType[ast.Errors](err); ok {
		return fromAST(KindParse, list)
	}
	if one, ok := errors.AsType[*ast.Error](err); ok {
		return fromAST(KindParse, ast.Errors{one})
	}
	return Errors{{Kind: KindParse, File: name, Message: err.Error()}}
}

// isPolicy tells a policy from its tests and from everything else.
func isPolicy(name string) bool {
	return strings.HasSuffix(name, ".rego") && !strings.HasSuffix(name, "_test.rego")
}

func readBuiltin(tree fs.FS, wanted func(name string) bool) ([]source, Errors) {
	var files []source
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || !wanted(name) {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		files = append(files, source{name: builtinRoot + name, text: string(text)})
		return nil
	})
	if err != nil {
		return files, Errors{{Kind: KindRead, Message: fmt.Sprintf("reading the built-in policies: %v", err)}}
	}
	return files, nil
}

// readOwn reads the wanted files below the directories, without hidden folders.
// One file or directory that cannot be read does not hide the others.
func readOwn(ctx context.Context, dirs []string, wanted func(name string) bool) ([]source, Errors) {
	var errs Errors
	found := map[string]source{}
	for _, dir := range dirs {
		before := len(found)
		failed := len(errs)
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			name := filepath.ToSlash(filepath.Clean(path))
			switch {
			case ctx.Err() != nil:
				return fs.SkipAll
			case err != nil:
				errs = append(errs, &PolicyError{Kind: KindRead, File: name, Message: unreadable(err)})
				return nil
			case d.IsDir() && path != dir && strings.HasPrefix(d.Name(), "."):
				return fs.SkipDir
			case d.IsDir() || !wanted(name):
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				errs = append(errs, &PolicyError{Kind: KindRead, File: name, Message: unreadable(err)})
				return nil
			}
			found[name] = source{name: name, own: true, text: string(text)}
			return nil
		})
		if len(found) == before && len(errs) == failed && ctx.Err() == nil && !anyBelow(found, dir) {
			errs = append(errs, &PolicyError{Kind: KindRead, File: filepath.ToSlash(dir),
				Message: "the directory of own policies holds no rule: no *.rego file is in it"})
		}
	}
	files := make([]source, 0, len(found))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		files = append(files, found[name])
	}
	return files, errs
}

// anyBelow tells whether a directory's files were found before, under another
// spelling of the same argument.
func anyBelow(found map[string]source, dir string) bool {
	prefix := filepath.ToSlash(filepath.Clean(dir))
	for name := range found {
		if name == prefix || strings.HasPrefix(name, prefix+"/") || prefix == "." {
			return true
		}
	}
	return false
}

// unreadable says why own policies cannot be read. It takes the path off an
// error of package os: the PolicyError names it.
func unreadable(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "reading own policies: there is no such folder; check --policies, and policies: in the configuration"
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return fmt.Sprintf("reading own policies: %v", err)
}

// checksOfBuiltins are the stages of OPA's compiler that change nothing and only
// refuse. The built-in policies come with the program and have passed them all in
// its tests; asking again would cost each run 4 ms of 53.
var checksOfBuiltins = []ast.StageID{
	ast.StageCheckUnusedImports,
	ast.StageCheckKeywordOverrides,
	ast.StageCheckDuplicateImports,
	ast.StageCheckVoidCalls,
	ast.StageParseMetadataBlocks, // of whole chains; METADATA is read from the modules
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
