// Package module reads the .tf files that a plan was made from: where each block
// and attribute stands, which comments waive a finding, and where values come from
// that the plan knows after apply only.
//
// A Tree is a root module with those that it calls, found through
// .terraform/modules/modules.json, and, for sources such as ./modules/x, without
// it. A module is the repository's own where its folder is a part of the working
// directory and no copy that Terraform fetched. What stands in another one has the
// place of the call that leads there: nobody who reads a report can change more.
//
// Files are taken as far as they can be read. What cannot be costs places and
// never the plan, which holds all facts.
package module

import (
	"encoding/json"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Tree is a root module with the modules that it calls. A nil Tree knows nothing.
type Tree struct {
	root, wd string
	// repository is the folder that modules are read from: what stands in it and not in
	// the working directory is evaluated, and has no place of its own in a report.
	repository string
	modules    map[string]*config // by names with dots between: "" is the root
	listed     map[string]string  // what modules.json says: folders by names
	parsed     map[string]*config // by folder: a module may be called many times
	size       int                // of what was read
	origins    map[string]map[string]string
}

// Place is where something stands. Lines and columns count from 1, columns in
// UTF-16 code units.
type Place struct {
	File                    string
	Line, Column, EndColumn int
}

// config is the configuration of one module: the files of a folder.
type config struct {
	files  []*file
	own    bool
	plain  bool // nothing in the folder says what is not read here
	blocks map[string]located
	calls  map[string]located
}

type located struct {
	*hclsyntax.Block
	in *file
}

// file is one .tf file.
type file struct {
	name   string // relative to the working directory, with /
	text   []byte
	body   *hclsyntax.Body
	lines  []int // offsets
	waived []Waiver
}

const (
	// maxFile and maxTree bound what is read of one file and of all: the largest
	// file of Terraform's public modules has some 100 kB.
	maxFile = 1 << 20
	maxTree = 16 << 20
	// maxFiles bounds a folder.
	maxFiles = 1000
)

// Load reads the root module in a folder; both paths are absolute. It returns nil
// where the folder has no .tf file. declares are blocks of the plan's root module:
// a folder with none of them is another's.
func Load(root, wd string, declares []string) *Tree {
	t := &Tree{root: root, wd: wd, repository: repositoryOf(wd), modules: map[string]*config{}, parsed: map[string]*config{}}
	c := t.read(root)
	if c == nil || len(declares) > 0 && !slices.ContainsFunc(declares, func(d string) bool {
		_, block := c.blocks[d]
		_, call := c.calls[d]
		return block || call
	}) {
		return nil
	}
	t.listed = listed(root)
	t.modules[""] = c
	return t
}

// Find looks for the root module of a plan in the folder of its file and those
// around it, up to the working directory.
func Find(dir, wd string, declares []string) *Tree {
	for {
		if !inside(wd, dir) {
			return nil
		}
		if t := Load(dir, wd, declares); t != nil {
			return t
		}
		if dir == wd {
			return nil
		}
		dir = filepath.Dir(dir)
	}
}

// inside tells whether a path is a folder or in it.
func inside(folder, name string) bool {
	rel, err := filepath.Rel(folder, name)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// repositoryOf is the folder around that holds .git; the working directory itself
// where none does.
func repositoryOf(wd string) string {
	for dir := wd; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return wd
		}
	}
}

// listed reads which folders Terraform put modules into.
func listed(root string) map[string]string {
	f, err := os.Open(filepath.Join(root, ".terraform", "modules", "modules.json"))
	if err != nil {
		return nil // terraform init was not run here
	}
	defer f.Close() // only read from
	var list struct {
		Modules []struct{ Key, Dir string }
	}
	if err := json.NewDecoder(io.LimitReader(f, maxFile)).Decode(&list); err != nil {
		return nil
	}
	out := map[string]string{}
	for _, m := range list.Modules {
		out[m.Key] = m.Dir
	}
	return out
}

// maxDepth bounds how deep modules call one another.
const maxDepth = 50

// module returns a module by the names of the calls that lead to it; nil where it
// is not at hand.
func (t *Tree) module(names []string) *config {
	if t == nil || len(names) > maxDepth {
		return nil
	}
	key := strings.Join(names, ".")
	if c, ok := t.modules[key]; ok {
		return c
	}
	t.modules[key] = nil
	around := t.module(names[:len(names)-1])
	if around == nil {
		return nil
	}
	dir, ok := t.listed[key]
	if ok {
		dir = filepath.Join(t.root, filepath.FromSlash(dir))
	} else {
		call, called := around.calls["module."+names[len(names)-1]]
		if !called || len(around.files) == 0 {
			return nil
		}
		source := literal(call.Body.Attributes["source"])
		if !strings.HasPrefix(source, "./") && !strings.HasPrefix(source, "../") {
			return nil
		}
		dir = filepath.Join(t.wd, filepath.FromSlash(path.Dir(call.in.name)), filepath.FromSlash(source))
	}
	if !inside(t.repository, dir) {
		return nil
	}
	c := t.read(dir)
	if c != nil && !around.own {
		foreign := *c
		foreign.own = false
		c = &foreign
	}
	t.modules[key] = c
	return c
}

// literal is the text of an attribute that is written as one.
func literal(a *hclsyntax.Attribute) string {
	if a == nil {
		return ""
	}
	text, ok := a.Expr.(*hclsyntax.TemplateExpr)
	if !ok || !text.IsStringLiteral() {
		return ""
	}
	v, diags := text.Value(nil)
	if diags.HasErrors() {
		return ""
	}
	return v.AsString()
}

// read reads the module in a folder; nil where it has no .tf file.
func (t *Tree) read(dir string) *config {
	if c, ok := t.parsed[dir]; ok {
		return c
	}
	t.parsed[dir] = nil
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // it is not at hand
	}
	c := &config{own: inside(t.wd, dir) && !fetched(t.wd, dir), plain: true, blocks: map[string]located{}, calls: map[string]located{}}
	for _, name := range configuration(entries) {
		if strings.HasSuffix(name, ".json") || strings.HasSuffix(stem(name), "override") {
			c.plain = false // what it says is laid over the rest
			continue
		}
		f := t.file(filepath.Join(dir, name))
		if f == nil {
			c.plain = false
			continue
		}
		c.files = append(c.files, f)
		for _, b := range f.body.Blocks {
			switch {
			case b.Type == "resource" && len(b.Labels) == 2:
				c.blocks[b.Labels[0]+"."+b.Labels[1]] = located{b, f}
			case b.Type == "data" && len(b.Labels) == 2:
				c.blocks["data."+b.Labels[0]+"."+b.Labels[1]] = located{b, f}
			case b.Type == "module" && len(b.Labels) == 1:
				c.calls["module."+b.Labels[0]] = located{b, f}
			}
		}
	}
	if len(c.files) == 0 {
		return nil
	}
	t.parsed[dir] = c
	return c
}

// fetched tells whether a folder is a copy that Terraform made.
func fetched(wd, dir string) bool {
	rel, err := filepath.Rel(wd, dir)
	return err != nil || slices.Contains(strings.Split(filepath.ToSlash(rel), "/"), ".terraform")
}

// configuration are the files of a folder that Terraform reads, in the order of
// names; OpenTofu leaves x.tf out where there is x.tofu.
func configuration(entries []os.DirEntry) []string {
	var out []string
	tofu := map[string]bool{}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || len(out) == maxFiles {
			continue
		}
		switch {
		case strings.HasSuffix(name, ".tofu"), strings.HasSuffix(name, ".tofu.json"):
			tofu[stem(name)] = true
			out = append(out, name)
		case strings.HasSuffix(name, ".tf"), strings.HasSuffix(name, ".tf.json"):
			out = append(out, name)
		}
	}
	return slices.DeleteFunc(out, func(name string) bool { return strings.Contains(name, ".tf") && tofu[stem(name)] })
}

// stem is a file's name without its endings.
func stem(name string) string {
	for _, ending := range []string{".json", ".tf", ".tofu"} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}

// file reads one file; nil where it cannot be read.
func (t *Tree) file(name string) *file {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxFile || t.size+int(info.Size()) > maxTree {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil || !parseable(text) {
		return nil
	}
	t.size += len(text)
	rel, err := filepath.Rel(t.wd, name)
	if err != nil {
		return nil
	}
	f := &file{name: filepath.ToSlash(rel), text: text}
	parsed, diags := hclsyntax.ParseConfig(text, f.name, hcl.InitialPos)
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok || diags.HasErrors() {
		return nil
	}
	lazily(body)
	f.body = body
	f.waived = f.waivers()
	return f
}

const (
	// maxNesting and maxChoices bound an expression: the parser calls itself for
	// each bracket and each condition, and Go's stack has an end.
	maxNesting = 400
	maxChoices = 5000
	maxSigns   = 1000
)

// parseable tells whether the parser may be given a text.
func parseable(text []byte) bool {
	depth, choices, signs := 0, 0, 0
	for _, c := range text {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '?':
			choices++
		}
		switch c {
		case '!', '-':
			signs++
		case ' ', '\t', '\n', '\r':
		default:
			signs = 0
		}
		if depth > maxNesting || choices > maxChoices || signs > maxSigns {
			return false
		}
	}
	return true
}
