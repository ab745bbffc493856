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

	"github.com/charmarr/charmarr-lint/internal/evaluate/compiled"
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

// policySet is policies that are judged by together.
type policySet struct {
	caps *ast.Capabilities
	// ready are all built-in packages, compiled; none where the built-in policies
	// are among the files.
	ready []compiled.Package
	// files are parsed: one's own, and the built-in ones that have to be compiled
	// with them.
	files []source
	// errs is what could not be read or parsed. Such files are left out.
	errs Errors
}

// gather reads the built-in policies and those of the directories; tests says
// whether with the tests of the latter and what these need. With compiled forms
// at hand, and unless fromSource, the built-in policies are parsed as far as
// one's own refer to them.
func gather(ctx context.Context, builtin fs.FS, dirs []string, fromSource, tests bool) policySet {
	set := policySet{caps: sandbox()}
	all, errs := readBuiltin(builtin, func(name string) bool {
		return isPolicy(name) || tests && strings.HasPrefix(name, "lib/testing/")
	})
	own, ownErrs := readOwn(ctx, dirs, func(name string) bool {
		return isPolicy(name) || tests && strings.HasSuffix(name, ".rego")
	})
	set.errs = append(errs, ownErrs...)
	if !fromSource {
		set.ready, _ = readCompiled(builtin, all) // the sources do as well
	}
	set.parse(own)
	if set.ready != nil {
		all = besides(set.files, all)
	}
	set.parse(all)
	return set
}

// parse parses files and adds them to the set.
func (set *policySet) parse(files []source) {
	opts := ast.ParserOptions{Capabilities: set.caps, ProcessAnnotation: true, RegoVersion: ast.RegoV1}
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

	for i, f := range files {
		if failed[i] != nil {
			set.errs = append(set.errs, parseErrors(f.name, failed[i])...)
			continue
		}
		set.files = append(set.files, f)
	}
}

// besides returns the built-in files that one's own have to be compiled with: the
// libraries, and the rules too where one's own refer to data that is neither a
// library's nor their own. What they refer to by mistake is looked for among all
// that there is.
func besides(own, builtin []source) []source {
	if len(own) == 0 {
		return nil
	}
	packages := map[string]bool{}
	for _, f := range own {
		packages[strings.Join(packagePath(f.module), ".")] = true
	}
	rules := slices.ContainsFunc(own, func(f source) bool {
		found := false
		ast.WalkRefs(f.module, func(ref ast.Ref) bool {
			found = found || refersBeyond(ref, packages)
			return found
		})
		return found
	})
	if rules {
		return builtin
	}
	return slices.DeleteFunc(slices.Clone(builtin), func(f source) bool {
		return !strings.HasPrefix(f.name, builtinRoot+"lib/")
	})
}

// refersBeyond tells whether a reference leads to data other than libraries,
// parameters and the packages.
func refersBeyond(ref ast.Ref, packages map[string]bool) bool {
	if !ref.HasPrefix(ast.DefaultRootRef) {
		return false
	}
	var path []string
	for _, term := range ref[1:min(4, len(ref))] {
		key, ok := term.Value.(ast.String)
		if !ok {
			break
		}
		path = append(path, string(key))
	}
	known := len(path) > 0 && (path[0] == "lib" || path[0] == "parameters")
	return !known && !packages[strings.Join(path, ".")]
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
