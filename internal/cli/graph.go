package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/format"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)
var _ = bufio.NewWriter
var _ = fmt.Sprint
var _ = io.EOF
var _ = strings.Cut

func newGraph(p *program) *cobra.Command {
	var (
		s sharedFlags
		r reportFlags
	)
	cmd := &cobra.Command{
		Use: "graph", RunE: func(cmd *cobra.Command, paths []string) error {
			p.quiet = s.quiet
			return p.graph(cmd.Context(), s, r, paths)
		},
	}
	cmd.Flags().StringVarP(&r.format, "format", "f", "mermaid", "")
	s.register(cmd)
	return cmd
}

func (p *program) graph(ctx context.Context, s sharedFlags, r reportFlags, paths []string) error {
	o, err := p.options(s, r)
	if err != nil {
		return err
	}
	paths, err = sourcePaths(paths)
	if err != nil {
		return err
	}
	progress := p.newProgress()
	var read collected
	var stacks []topology.Stack
	o.Joined = func(joined []topology.Stack) { stacks = joined }
	o.Collect = func(ctx context.Context) (_ snapshot.Snapshot, err error) {
		read, err = p.collect(ctx, paths, progress)
		return read.snap, err
	}
	rep, err := lint.Run(ctx, o)
	progress.erase()
	setup := new(lint.SetupError)
	if err != nil && (!errors.As(err, &setup) || rep.Schema == "") {
		return err
	}
	f, _ := format.Lookup(r.format)
	return f(p.stdout, graph.Of(stacks, rep))
}
