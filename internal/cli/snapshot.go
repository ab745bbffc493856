package cli

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/report"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

func newSnapshot(p *program) *cobra.Command {
	var (
		s    sharedFlags
		file string
	)
	cmd := &cobra.Command{
		Use:                   "snapshot [flags] [PATH...]",
		DisableFlagsInUseLine: true,
		Short:                 "Record what files and folders say, redacted, to check it later",
		Long: `Snapshot reads what check reads and writes it down as one JSON file: what was
observed, where it stands and what could not be read. Values that look secret
are replaced. 'charmarr-lint check' reads the file again and comes to the same
report.

Exit codes: 0 recorded, 2 wrong usage, 3 recorded and incomplete.`,
		Example: `  # to send to somebody else
  charmarr-lint snapshot -o charmarr.json.gz deploy/

  # to standard output
  juju status --format json | charmarr-lint snapshot -`,
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
		RunE: func(cmd *cobra.Command, paths []string) error {
			p.quiet = s.quiet
			file, err := snapshotFile(file)
			if err != nil {
				return err
			}
			return p.snapshot(cmd.Context(), s, file, paths)
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "write to `FILE` instead of standard output, with gzip where the name ends in .gz")
	s.register(cmd)
	return cmd
}

func (p *program) snapshot(ctx context.Context, s sharedFlags, file string, paths []string) error {
	c, err := s.configuration()
	if err != nil {
		return err
	}
	p.misnamed(c)
	name := c.Profile
	if s.profile != "" {
		name = s.profile
	}
	profile, err := c.Resolve(name)
	if err != nil {
		return err
	}
	paths, err = sourcePaths(paths)
	if err != nil {
		return err
	}
	progress := p.newProgress()
	read, err := p.collect(ctx, paths, c.Roots, progress)
	progress.erase()
	if err != nil {
		return err
	}
	if read.readFrom(file) {
		return fmt.Errorf("writing the snapshot to %s: %s", file, wasRead)
	}
	snap := read.snap
	p.done = outcome{
		incomplete: len(snap.Gaps) > 0,
		empty:      !s.allowEmpty && len(topology.Resolve(snap, profile).Stacks) == 0,
	}
	if err := p.record(snap, file); err != nil {
		p.done.broken = true
		return err
	}
	if s.verbose {
		p.sayRead(snap)
	}
	for _, g := range snap.Gaps {
		p.notice(gapLine(g))
	}
	if p.done.empty {
		p.notice(nothingFound(paths))
	}
	return nil
}

// sayRead says which sources were read and which files were ignored.
func (p *program) sayRead(snap snapshot.Snapshot) {
	for _, source := range snap.Sources {
		p.say("read " + source.Name + " (" + string(source.Kind) + ")")
	}
	for _, i := range snap.Ignored {
		p.say("ignored " + i.Name + ": " + i.Reason)
	}
}

// snapshotFile reads -o as check has it: json=FILE is FILE, and a snapshot is
// written in no other format.
func snapshotFile(spec string) (string, error) {
	format, file, ok := strings.Cut(spec, "=")
	switch {
	case !ok || !slices.Contains(report.Names(), format):
		return spec, nil
	case format != "json":
		return "", fmt.Errorf("--output: %q: a snapshot is JSON; 'charmarr-lint check -o %s' writes a report", spec, spec)
	case file == "":
		return "", fmt.Errorf("--output: %q names no file", spec)
	}
	return file, nil
}

// record writes a snapshot to a file, or to standard output where none is named.
func (p *program) record(snap snapshot.Snapshot, file string) error {
	if file == "" || file == "-" {
		write := func(w io.Writer) error { return snapshot.Encode(w, snap) }
		return written("the snapshot", fill(p.stdout, write))
	}
	err := writeFile(file, func(w io.Writer) error {
		if !strings.HasSuffix(file, ".gz") {
			return snapshot.Encode(w, snap)
		}
		// No name and no time: the same snapshot gives the same bytes.
		packed := gzip.NewWriter(w)
		if err := snapshot.Encode(packed, snap); err != nil {
			return err
		}
		return packed.Close()
	})
	if err != nil {
		return fmt.Errorf("writing the snapshot to %s: %w", file, advised(err))
	}
	return nil
}

// gapLine is a gap as a message.
func gapLine(g snapshot.Gap) string {
	at := g.Source
	if g.Line > 0 {
		at = fmt.Sprintf("%s:%d", at, g.Line)
		if g.Column > 0 {
			at = fmt.Sprintf("%s:%d", at, g.Column)
		}
	}
	return at + ": " + g.What + ": " + g.Reason
}
