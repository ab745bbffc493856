package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/draft"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// initFlags are the flags of init.
type initFlags struct {
	profile    string
	output     string
	force      bool
	waive      bool
	expires    string
	allowEmpty bool
	quiet      bool
}

func newInit(p *program) *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use:                   "init [flags] [PATH...]",
		DisableFlagsInUseLine: true,
		Short:                 "Write a commented " + config.FileName + " from what is found",
		Long: `Init reads what check reads and writes down what it found: the profile that
fits, the models and gateways, the model of files that name none. The rest stands
there as comments and suggestions. The findings stay what they are without it.

Exit codes: 0 written, 2 wrong usage, or the file is there already, 3 written from
what could not be read in whole, or nothing found and nothing written.`,
		Example: `  charmarr-lint init facts

  # only look
  charmarr-lint init -o - facts

  # suggest to accept what is found, for 90 days
  charmarr-lint init --waive-existing --expires 90d facts`,
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
		RunE: func(cmd *cobra.Command, paths []string) error {
			p.quiet = f.quiet
			return p.init(cmd.Context(), f, paths)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVarP(&f.output, "output", "o", config.FileName, "write to `FILE`, - for standard output")
	fs.BoolVar(&f.force, "force", false, "replace a file that is there")
	fs.StringVarP(&f.profile, "profile", "p", "", "profile `NAME`: adr-006 or single-model (default: the one that fits)")
	fs.BoolVar(&f.waive, "waive-existing", false, "suggest a waiver for each finding; wants --expires")
	fs.StringVar(&f.expires, "expires", "", "the last `DAY` of those waivers: a date (2027-01-31), or days from now (90d)")
	fs.BoolVar(&f.allowEmpty, "allow-empty", false, "write a file although no Charmarr application or namespace was found")
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no notices on standard error")
	refuse(cmd, func() error { return nil })
	complete(cmd, "profile", func() []string { return config.Default().ProfileNames() })
	return cmd
}

func (p *program) init(ctx context.Context, f initFlags, paths []string) error {
	expires, err := p.lastDay(f)
	if err != nil {
		return err
	}
	if f.output != "-" && !f.force {
		if _, err := os.Lstat(f.output); !errors.Is(err, os.ErrNotExist) {
			if err != nil {
				return fmt.Errorf("writing %s: %w", f.output, reason(err))
			}
			return fmt.Errorf("%s is there already; --force replaces it, -o - writes to standard output", f.output)
		}
	}
	base := config.Default()
	if _, err := base.Resolve(f.profileOr(config.DefaultProfile)); err != nil {
		return fmt.Errorf("--profile: %w", err)
	}
	paths, err = sourcePaths(paths)
	if err != nil {
		return err
	}
	progress := p.newProgress()
	read, err := p.collect(ctx, paths, nil, progress)
	progress.erase()
	if err != nil {
		return err
	}
	found, err := p.find(read.snap, base, f)
	if err != nil {
		return err
	}
	gaps := slices.Concat(read.snap.Gaps, found.Result.Gaps)
	for _, g := range gaps {
		p.notice(gapLine(g))
	}
	p.done.incomplete = len(gaps) > 0
	if len(found.Result.Stacks) == 0 && !f.allowEmpty {
		p.done.empty = true
		p.notice(nothingFound(paths) + "\nnothing was written")
		return nil
	}
	if expires != "" {
		if err := p.existing(ctx, read.snap, expires, &found); err != nil {
			return err
		}
	}
	return p.writeDraft(f, read, found)
}

func (f initFlags) profileOr(name string) string {
	if f.profile != "" {
		return f.profile
	}
	return name
}

// lastDay reads --expires; empty where no waivers are wanted.
func (p *program) lastDay(f initFlags) (string, error) {
	switch {
	case f.waive && f.expires == "":
		return "", errors.New("--waive-existing wants to know until when: --expires DATE, as in 2027-01-31, or --expires 90d")
	case !f.waive && f.expires != "":
		return "", errors.New("--expires is for the waivers of --waive-existing; give both")
	case !f.waive:
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, f.expires); err == nil {
		return f.expires, nil
	}
	number, ok := strings.CutSuffix(f.expires, "d")
	days, err := strconv.Atoi(number)
	if !ok || err != nil || days < 1 || days > 3660 {
		return "", fmt.Errorf("--expires: %q is neither a date, as in 2027-01-31, nor a number of days, as in 90d", f.expires)
	}
	today, err := p.today()
	if err != nil {
		return "", err
	}
	return today.UTC().AddDate(0, 0, days).Format(time.DateOnly), nil
}

// find resolves what was read under the profile that fits, and holds the sources
// that the draft names against it: naming them must not move anything.
func (p *program) find(snap snapshot.Snapshot, base config.Config, f initFlags) (draft.Found, error) {
	profile, err := base.Resolve(config.DefaultProfile)
	if err != nil {
		return draft.Found{}, err
	}
	name, why := draft.Profile(topology.Resolve(snap, profile))
	if f.profile != "" {
		name, why = f.profile, "--profile named it"
	}
	if profile, err = base.Resolve(name); err != nil {
		return draft.Found{}, err
	}
	found := draft.Found{Profile: profile, Why: why, Result: topology.Resolve(snap, profile)}
	found.Sources, found.Unplaced = draft.Sources(found.Result.Placed), draft.Unplaced(found.Result.Unplaced)
	profile.Sources = draft.Escaped(found.Sources)
	found.SourcesOff = !reflect.DeepEqual(topology.Resolve(snap, profile).Stacks, found.Result.Stacks)
	return found, nil
}

// existing asks the rules under the draft, for waivers to suggest.
func (p *program) existing(ctx context.Context, snap snapshot.Snapshot, expires string, found *draft.Found) error {
	c, err := config.Decode(config.FileName, []byte(draft.Write(*found)))
	if err != nil {
		return fmt.Errorf("reading the draft back: %w", err)
	}
	today, err := p.today()
	if err != nil {
		return err
	}
	r, err := lint.Run(ctx, lint.Options{
		Config: c, Profile: c.Profile, Version: version(), Today: today,
		Collect: func(context.Context) (snapshot.Snapshot, error) { return snap, nil },
	})
	if err != nil {
		return err
	}
	found.Waive, found.Rules, found.Expires = r.Findings, r.Rules, expires
	return nil
}

// writeDraft writes the draft, with the paths of sources as seen from its folder.
func (p *program) writeDraft(f initFlags, read collected, found draft.Found) error {
	if f.output == "-" {
		text := draft.Write(found)
		return written("the configuration", fill(p.stdout, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }))
	}
	if read.readFrom(f.output) {
		return fmt.Errorf("writing the configuration to %s: %s", f.output, wasRead)
	}
	for i, s := range found.Sources {
		found.Sources[i].Path = seenFrom(filepath.Dir(f.output), s.Path)
	}
	for i, path := range found.Unplaced {
		found.Unplaced[i] = seenFrom(filepath.Dir(f.output), path)
	}
	text := draft.Write(found)
	if err := writeFile(f.output, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
		return fmt.Errorf("writing the configuration to %s: %w", f.output, advised(err))
	}
	p.notice("wrote " + f.output + ": profile " + found.Profile.Name + ", because " + found.Why)
	return nil
}

// seenFrom is a path of a report, relative to the working directory, as a file
// in another folder has to name it.
func seenFrom(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(wd, dir)
	}
	rel, err := filepath.Rel(dir, filepath.Join(wd, filepath.FromSlash(path)))
	if err != nil {
		return path
	}
	return filepath.ToSlash(rel)
}
