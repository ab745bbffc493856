// Package arch holds the architecture of charmarr-lint as a test: which package
// may import which, and who owns which outside module.
//
// A package that is not in the table, an edge that is not in its row, and a row
// without a package all fail. To add a package, add its row; to add an edge,
// first ask whether the fact it needs could be handed over instead. The reasons
// stand in docs/decisions.
package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/charmarr/charmarr-lint"

// row is what one package may import. A pattern that ends in /... covers the
// package itself and all below it.
type row struct {
	pkg     string
	project string // packages of this module, separated by spaces
	outside string // packages of other modules; each outside module has one owner
}

// table is the import table, leaves first. What is not listed is forbidden.
var table = []row{
	// The nouns: plain data, no input or output.
	{pkg: "internal/snapshot"},
	{pkg: "internal/rule"},
	{pkg: "internal/rule/ruledoc", project: "internal/rule internal/snapshot"},
	{pkg: "internal/finding", project: "internal/rule"},
	{pkg: "internal/lastreport", project: "internal/finding internal/report/json"},
	{pkg: "internal/diff", project: "internal/finding internal/rule"},
	{pkg: "internal/diff/difftext", project: "internal/diff internal/finding internal/rule internal/report/digest internal/report/plain"},

	// Waiting, and asking an API server about objects of one's own.
	{pkg: "internal/patience"},
	{pkg: "internal/apiserver", project: "internal/patience"},

	// Sources to snapshot. A package that reads one kind of source knows no other
	// kind; file tells the kinds apart.
	{pkg: "internal/collect", project: "internal/snapshot"},
	{pkg: "internal/collect/syntax", project: "internal/snapshot", outside: "go.yaml.in/yaml/v4/..."},
	{pkg: "internal/collect/plan/module", project: "internal/collect/syntax",
		outside: "github.com/hashicorp/hcl/v2/... github.com/zclconf/go-cty/cty/..."},
	{pkg: "internal/collect/plan",
		project: "internal/snapshot internal/collect/syntax internal/collect/charmurl internal/collect/manifest internal/collect/plan/module"},
	{pkg: "internal/collect/file", project: "internal/snapshot internal/collect/..."},
	// A cluster's objects are read as their manifests are, by the same code.
	{pkg: "internal/collect/kube",
		project: "internal/snapshot internal/patience internal/collect internal/collect/syntax internal/collect/manifest",
		outside: "k8s.io/client-go/... k8s.io/api/... k8s.io/apimachinery/... k8s.io/klog/v2 github.com/go-logr/logr"},
	{pkg: "internal/collect/juju",
		project: "internal/snapshot internal/collect internal/collect/syntax internal/collect/charmurl internal/collect/juju/forward",
		outside: "github.com/juju/juju/api github.com/juju/juju/core/network github.com/juju/juju/core/version " +
			"github.com/juju/juju/rpc github.com/juju/juju/rpc/jsoncodec github.com/juju/juju/rpc/params github.com/juju/names/v6 " +
			"github.com/go-macaroon-bakery/macaroon-bakery/v3/... github.com/gorilla/websocket"},
	{pkg: "internal/collect/juju/forward", outside: "k8s.io/streaming/..."},
	{pkg: "internal/collect/juju/forward/forwardtest", project: "internal/collect/juju/forward", outside: "k8s.io/streaming/..."},
	{pkg: "internal/collect/...",
		project: "internal/snapshot internal/collect/syntax internal/collect/charmurl internal/collect/selector internal/collect/istiocni"},

	// Snapshot to topology, topology to findings.
	{pkg: "internal/topology", project: "internal/snapshot", outside: "k8s.io/apimachinery/pkg/labels k8s.io/apimachinery/pkg/selection"},
	{pkg: "policies"},
	{pkg: "internal/evaluate/compiled", project: "internal/rule", outside: "github.com/open-policy-agent/opa/..."},
	{pkg: "internal/evaluate",
		project: "policies internal/snapshot internal/topology internal/rule internal/finding internal/evaluate/compiled",
		outside: "github.com/open-policy-agent/opa/..."},

	// Findings to readers.
	{pkg: "internal/report/...", project: "internal/finding internal/rule internal/report/..."},

	// Stacks and findings to pictures.
	{pkg: "internal/graph",
		project: "internal/snapshot internal/topology internal/rule internal/finding internal/report/plain internal/report/digest"},
	{pkg: "internal/graph/layout"},
	{pkg: "internal/graph/svg", project: "internal/graph internal/graph/layout internal/report/digest"},
	{pkg: "internal/graph/html", project: "internal/graph internal/graph/svg internal/report/digest"},
	{pkg: "internal/graph/mermaid", project: "internal/graph"},
	{pkg: "internal/graph/dot", project: "internal/graph"},
	{pkg: "internal/graph/format", project: "internal/graph internal/graph/..."},
	{pkg: "internal/graph/graphtest",
		project: "internal/graph internal/lint internal/collect internal/collect/file internal/config internal/snapshot internal/topology internal/rule internal/finding",
		outside: "github.com/stretchr/testify/require"},

	// One finding to readers.
	{pkg: "internal/explain",
		project: "internal/finding internal/rule internal/rule/ruledoc internal/snapshot internal/config internal/waiver internal/report/digest"},
	{pkg: "internal/explain/explaindoc",
		project: "internal/explain internal/finding internal/rule/ruledoc internal/report/digest internal/report/markup internal/report/plain"},

	// What the user wishes.
	{pkg: "internal/config", project: "internal/snapshot internal/topology internal/rule internal/finding", outside: "go.yaml.in/yaml/v4"},
	{pkg: "internal/waiver", project: "internal/config internal/rule internal/finding"},

	{pkg: "internal/draft",
		project: "internal/config internal/waiver internal/topology internal/rule internal/finding internal/report/plain"},

	// The middle: collect, resolve, evaluate, findings. It knows no file and no
	// format.
	{pkg: "internal/lint",
		project: "policies internal/snapshot internal/topology internal/evaluate internal/rule internal/finding internal/config internal/waiver"},

	// One request: what it changes, judged before and after.
	{pkg: "internal/admission",
		project: "internal/snapshot internal/collect/syntax internal/collect/manifest internal/lint internal/config internal/rule internal/finding internal/explain internal/waiver"},

	// What was done, told to a collector of traces.
	{pkg: "internal/tracing",
		outside: "go.opentelemetry.io/otel/... google.golang.org/protobuf/encoding/protowire"},

	// What is found, kept written down in the cluster.
	{pkg: "internal/audit",
		project: "internal/apiserver internal/patience internal/tracing internal/snapshot internal/rule internal/rule/ruledoc internal/finding internal/report/digest internal/report/plain"},

	// Shells. They never import one another, but that the command line starts them.
	{pkg: "internal/webhook/authority"},
	{pkg: "internal/webhook/proof", project: "internal/admission internal/collect/manifest internal/collect/syntax internal/snapshot"},
	{pkg: "internal/webhook/own", project: "internal/apiserver internal/webhook/proof"},
	{pkg: "internal/webhook",
		project: "internal/webhook/authority internal/webhook/own internal/webhook/proof internal/patience internal/admission internal/collect/syntax internal/lint internal/tracing internal/snapshot internal/config internal/report"},
	{pkg: "internal/cli",
		project: "internal/webhook internal/webhook/own internal/apiserver internal/audit internal/tracing internal/lint internal/evaluate internal/config internal/waiver internal/snapshot internal/topology internal/rule internal/rule/ruledoc internal/finding internal/diff internal/diff/difftext internal/explain internal/explain/explaindoc internal/lastreport internal/draft internal/graph internal/graph/format internal/collect internal/collect/file internal/collect/plan internal/collect/juju internal/collect/kube internal/report/...",
		outside: "github.com/spf13/cobra github.com/spf13/pflag golang.org/x/term"},
	{pkg: "cmd/charmarr-lint", project: "internal/cli"},

	// Deployments to test against. They know nothing of the linter.
	{pkg: "test/deployment", outside: "go.yaml.in/yaml/v4"},
	{pkg: "test/deployment/gen", project: "test/deployment"},
	{pkg: "test/jujuserver", project: "test/deployment"},

	// Tools of this repository.
	{pkg: "tools/gen", project: "internal/audit internal/collect/kube internal/webhook internal/topology internal/evaluate internal/rule internal/rule/ruledoc internal/lint internal/config internal/waiver"},
	{pkg: "tools/quality",
		project: "internal/collect/file internal/config internal/evaluate internal/finding internal/lint internal/rule internal/snapshot internal/topology test/deployment",
		outside: "go.yaml.in/yaml/v4"},
	{pkg: "tools/newrule", project: "internal/snapshot"},
	{pkg: "tools/bench", project: "test/deployment", outside: "go.yaml.in/yaml/v4"},
}

// testLibraries may be imported by every _test.go file. Test files may also
// import any package of this module (the compiler forbids the cycles), but the
// other outside modules stay with their owners.
var testLibraries = []string{
	"github.com/stretchr/testify/...",
	"github.com/google/go-cmp/...",
	"github.com/rogpeppe/go-internal/...", // testscript, txtar
	"github.com/santhosh-tekuri/jsonschema/v6",
}

// vagueNames say nothing of what a package is for, so everything ends up there.
var vagueNames = []string{"util", "utils", "common", "helper", "helpers", "misc", "shared", "base"}

func TestImportsFollowTheTable(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range load(t) {
		r, ok := rowOf(p.path)
		if !ok {
			t.Errorf("package %s has no row in the import table of arch_test.go: add one that says what it may import", p.path)
			continue
		}
		seen[r.pkg] = true
		for _, f := range p.files {
			for _, imported := range f.imports() {
				if problem := judge(r, f, imported); problem != "" {
					t.Errorf("%s: %s", f.name, problem)
				}
			}
		}
	}
	for _, r := range table {
		if !seen[r.pkg] {
			t.Errorf("the import table of arch_test.go has a row for %s, and there is no such package: remove the row", r.pkg)
		}
	}
}

// judge says what is wrong with an import; empty is fine.
func judge(r row, f file, imported string) string {
	first, _, _ := strings.Cut(imported, "/")
	inside, isInside := strings.CutPrefix(imported, module+"/")
	switch {
	case isInside && f.isTest:
		return ""
	case isInside && strings.HasSuffix(inside, "test") && !strings.HasSuffix(path.Dir(f.name), "test"):
		return fmt.Sprintf("%s is for tests, and this file is part of the program", inside)
	case isInside:
		if !covered(strings.Fields(r.project), inside) {
			return fmt.Sprintf("%s may not import %s: its row allows [%s]", r.pkg, inside, r.project)
		}
	case strings.Contains(first, "."): // not the standard library
		if f.isTest && covered(testLibraries, imported) {
			return ""
		}
		if !covered(strings.Fields(r.outside), imported) {
			return fmt.Sprintf("%s may not import %s: its row allows [%s] of outside modules, and an outside module belongs to one owner", r.pkg, imported, r.outside)
		}
	}
	return ""
}

// rowOf returns the row of a package: an exact one before a pattern.
func rowOf(pkg string) (row, bool) {
	for _, r := range table {
		if r.pkg == pkg {
			return r, true
		}
	}
	for _, r := range table {
		if covered([]string{r.pkg}, pkg) {
			return r, true
		}
	}
	return row{}, false
}

// covered tells whether a package is one of the patterns.
func covered(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		root, tree := strings.CutSuffix(pattern, "/...")
		return pkg == root || tree && strings.HasPrefix(pkg, root+"/")
	})
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	for _, p := range load(t) {
		if slices.Contains(vagueNames, path.Base(p.path)) || slices.Contains(vagueNames, p.files[0].syntax.Name.Name) {
			t.Errorf("package %s: the name says nothing; name it after what it does", p.path)
		}
		product := slices.DeleteFunc(slices.Clone(p.files), func(f file) bool { return f.isTest })
		documented := slices.ContainsFunc(product, func(f file) bool { return f.syntax.Doc != nil })
		if len(product) > 0 && !documented {
			t.Errorf("package %s has no package comment: say what it is for and what its words mean", p.path)
		}
	}
}

// Code that runs at import, ends the process or changes package variables makes
// a run depend on what ran before it. The program must be able to run twice in
// one process and give the same bytes: its own tests do that.
func TestNoHiddenState(t *testing.T) {
	for _, p := range load(t) {
		product := slices.DeleteFunc(slices.Clone(p.files), func(f file) bool { return f.isTest })
		if len(product) == 0 {
			continue
		}
		uses, scope := resolve(p.path, product)
		for _, f := range product {
			isMain := f.syntax.Name.Name == "main"
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					if n.Name.Name == "init" && n.Recv == nil {
						t.Errorf("%s: func init runs at import, unseen; build the value where it is used", f.at(n))
					}
				case *ast.CallExpr:
					if name := called(n, uses); !isMain && slices.Contains([]string{"os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"}, name) {
						t.Errorf("%s: %s ends the process past every defer and caller; return an error to main", f.at(n), name)
					}
				case *ast.AssignStmt:
					for _, target := range n.Lhs {
						if name := packageVariable(target, uses, scope); name != "" {
							t.Errorf("%s: package variable %s is assigned to; keep state in a value that is handed over", f.at(n), name)
						}
					}
				case *ast.IncDecStmt:
					if name := packageVariable(n.X, uses, scope); name != "" {
						t.Errorf("%s: package variable %s is changed; keep state in a value that is handed over", f.at(n), name)
					}
				}
				return true
			})
		}
	}
}

// called names a function of another package that a call calls: "os.Exit".
func called(call *ast.CallExpr, uses map[*ast.Ident]types.Object) string {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	x, ok := selector.X.(*ast.Ident)
	if !ok {
		return ""
	}
	if imported, ok := uses[x].(*types.PkgName); ok {
		return imported.Imported().Path() + "." + selector.Sel.Name
	}
	return ""
}

// packageVariable names the package variable at the root of an assigned
// expression: v, v[i], v.f, *v. Empty where the root is anything else.
func packageVariable(target ast.Expr, uses map[*ast.Ident]types.Object, scope *types.Scope) string {
	switch e := target.(type) {
	case *ast.Ident:
		if v, ok := uses[e].(*types.Var); ok && v.Parent() == scope {
			return v.Name()
		}
	case *ast.IndexExpr:
		return packageVariable(e.X, uses, scope)
	case *ast.SelectorExpr:
		return packageVariable(e.X, uses, scope)
	case *ast.StarExpr:
		return packageVariable(e.X, uses, scope)
	case *ast.ParenExpr:
		return packageVariable(e.X, uses, scope)
	}
	return ""
}

// resolve tells what each name of a package means. Imported packages are not
// read, so what hangs on them stays unresolved; local, package and import names
// are all that is asked for.
func resolve(name string, files []file) (map[*ast.Ident]types.Object, *types.Scope) {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{
		Importer:    unread{},
		Error:       func(error) {}, // the compiler reports real ones
		FakeImportC: true,
	}
	var syntax []*ast.File
	for _, f := range files {
		syntax = append(syntax, f.syntax)
	}
	pkg, _ := config.Check(name, files[0].positions, syntax, info)
	return info.Uses, pkg.Scope()
}

// unread is an importer that knows a package's path and nothing else of it.
type unread struct{}

// Import returns an empty package.
func (unread) Import(importPath string) (*types.Package, error) {
	p := types.NewPackage(importPath, path.Base(importPath))
	p.MarkComplete()
	return p, nil
}

// pkg is a package directory of this module.
type pkg struct {
	path  string // relative to the module: internal/snapshot
	files []file
}

// file is one Go file.
type file struct {
	name      string
	isTest    bool
	syntax    *ast.File
	positions *token.FileSet
}

func (f file) at(n ast.Node) token.Position { return f.positions.Position(n.Pos()) }

func (f file) imports() []string {
	var paths []string
	for _, spec := range f.syntax.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, `"`))
	}
	return paths
}

// load parses every package of this module but this one. It reads the files
// itself rather than through `go list`, so that the cache of `go test` knows
// which files the result depends on. Nested modules, testdata and hidden
// folders are left out, as the go command leaves them out.
func load(t *testing.T) []pkg {
	t.Helper()
	byPath := map[string]*pkg{}
	positions := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		slashed := filepath.ToSlash(name)
		if entry.IsDir() {
			return skipDir(slashed, entry.Name())
		}
		dir := path.Dir(slashed)
		if dir == "." || path.Ext(slashed) != ".go" {
			return nil
		}
		syntax, err := parser.ParseFile(positions, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if byPath[dir] == nil {
			byPath[dir] = &pkg{path: dir}
		}
		byPath[dir].files = append(byPath[dir].files, file{
			name: slashed, isTest: strings.HasSuffix(slashed, "_test.go"), syntax: syntax, positions: positions,
		})
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, byPath)

	var pkgs []pkg
	for _, p := range slices.Sorted(maps.Keys(byPath)) {
		pkgs = append(pkgs, *byPath[p])
	}
	return pkgs
}

// skipDir leaves out what is not a package of this module.
func skipDir(slashed, base string) error {
	if slashed == "." {
		return nil
	}
	if base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(slashed, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}
