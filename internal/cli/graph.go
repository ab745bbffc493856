package cli

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/format"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// graphFlags are the flags of graph, besides the shared ones.
type graphFlags struct {
	format   string
	files    []string
	only     []string
	skip     []string
	policies []string
}

func newGraph(p *program) *cobra.Command {
	var (
		s sharedFlags
		f graphFlags
	)
	cmd := &cobra.Command{
		Use:                   "graph [flags] [PATH...]",
		DisableFlagsInUseLine: true,
		Short:                 "Draw models, applications and relations, findings marked",
		Long: `Graph reads what check reads, asks the same rules, and draws what it found:
each model with its applications, who is inside the mesh, through which ingress
and VPN gateways traffic goes, which offers and SAAS lie between models, and
where the findings are. What was not read is drawn dashed.

Exit codes: 0 drawn, whatever was found; 2 wrong usage or configuration,
3 drawn and incomplete, or nothing to draw.`,
		Example: `  # a page to look at
  charmarr-lint graph -o html=graph.html facts

  # for an issue or a wiki
  charmarr-lint graph facts

  # with the findings of one area only, as an image
  charmarr-lint graph --rule mesh -f svg facts >mesh.svg`,
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
		RunE: func(cmd *cobra.Command, paths []string) error {
			p.quiet = s.quiet
			return p.graph(cmd.Context(), s, f, paths)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVarP(&f.format, "format", "f", "mermaid", "`FORMAT` on standard output: "+strings.Join(format.Names(), ", "))
	fs.StringArrayVarP(&f.files, "output", "o", nil, "write a further picture: `FORMAT=FILE` (repeatable)")
	fs.StringArrayVar(&f.only, "rule", nil, "ask this rule only: `ID`, area or glob (repeatable)")
	fs.StringArrayVar(&f.skip, "skip-rule", nil, "leave this rule out: `ID`, area or glob (repeatable)")
	fs.StringArrayVar(&f.policies, "policies", nil, "`DIR` with Rego rules of your own (repeatable)")
	s.register(cmd)
	fs.Lookup("allow-empty").Usage = "having nothing to draw is fine"
	fs.Lookup("verbose").Usage = "tell on standard error which sources were read and which files were ignored"
	complete(cmd, "format", format.Names)
	complete(cmd, "rule", ruleNames)
	complete(cmd, "skip-rule", ruleNames)
	return cmd
}

// outputs reads -f and -o before anything else is done.
func (f graphFlags) outputs(p *program) (outputs[graph.Graph], error) {
	if err := oneOf("--format", f.format, format.Names()); err != nil {
		return outputs[graph.Graph]{}, err
	}
	lookup := func(name string) func(io.Writer, graph.Graph) error {
		w, _ := format.Lookup(name)
		return w
	}
	out := outputs[graph.Graph]{what: "the picture", stdout: p.stdout, format: lookup(f.format)}
	var err error
	out.files, err = outputFiles(f.files, format.Names(), "html=graph.html", lookup)
	return out, err
}

func (p *program) graph(ctx context.Context, s sharedFlags, f graphFlags, paths []string) error {
	out, err := f.outputs(p)
	if err != nil {
		return err
	}
	o, err := p.options(s, reportFlags{only: f.only, skip: f.skip, policies: f.policies})
	if err != nil {
		return err
	}
	paths, err = sourcePaths(paths)
	if err != nil {
		return err
	}
	progress := p.newProgress()
	var (
		read   collected
		stacks []topology.Stack
	)
	o.Collect = func(ctx context.Context) (_ snapshot.Snapshot, err error) {
		read, err = p.collect(ctx, paths, o.Config.Roots, progress)
		return read.snap, err
	}
	o.Joined = func(joined []topology.Stack) { stacks = joined }
	rep, err := lint.Run(ctx, o)
	progress.erase()
	if err != nil && (!errors.As(err, new(*lint.SetupError)) || rep.Schema == "") {
		return err
	}
	p.done = outcome{
		broken:     err != nil,
		incomplete: rep.Incomplete(),
		empty:      rep.Empty && !s.allowEmpty,
	}
	if writeErr := out.write(graph.Of(stacks, rep), read); writeErr != nil {
		p.done.broken = true
		err = errors.Join(err, writeErr)
	}
	p.keepLast(rep)
	if s.verbose {
		p.sayRead(read.snap)
	}
	p.notice(untold(rep, o.Config.File))
	if p.done.empty {
		p.notice(nothingFound(paths))
	}
	return err
}
