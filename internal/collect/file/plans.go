package file

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/collect/plan"
	"github.com/charmarr/charmarr-lint/internal/collect/plan/module"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// plans are those of one file. Its name is that of the variant; a file with
// several has them numbered.
type plans struct {
	dir   string // the working directory
	roots []Root
	read  []plan.Plan
}

// add reads a plan.
func (p *plans) add(f found, doc *syntax.Document) {
	read := plan.Read(doc.Root, f.name, p.modules(f, doc.Root))
	for _, problem := range doc.Problems() {
		read.After.Gaps = append(read.After.Gaps, snapshot.Gap{
			Source: f.name, Line: problem.Line, Column: problem.Column,
			What: fmt.Sprintf("reading document %d", doc.Index), Reason: snapshot.RedactText(problem.Reason),
			Evidence: slices.Concat(plan.Evidence(), []snapshot.Evidence{snapshot.JujuSecrets}, manifest.Evidence("List")),
		})
	}
	p.read = append(p.read, read)
}

// modules finds the modules that a plan was made from: where the configuration
// says, else from the plan's folder on upwards to the working directory.
func (p *plans) modules(f found, root *syntax.Node) *module.Tree {
	declares := plan.Declares(root)
	for _, r := range p.roots {
		if ok, err := path.Match(r.Plan, f.name); ok && err == nil {
			folder := r.Folder
			if !filepath.IsAbs(folder) {
				folder = filepath.Join(p.dir, filepath.FromSlash(folder))
			}
			return module.Load(folder, p.dir, declares)
		}
	}
	from := p.dir
	if f.path != "" {
		from = filepath.Dir(f.path)
	}
	return module.Find(filepath.Clean(from), p.dir, declares)
}
