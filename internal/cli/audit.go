package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func newAudit(p *program) *cobra.Command {
	var (
		s    sharedFlags
		r    reportFlags
		l    liveFlags
		save string
	)
	cmd := &cobra.Command{
		Use:                   "audit [flags] [PATH...]",
		Short:                 "Check what is running: Juju controllers and a Kubernetes cluster",
		DisableFlagsInUseLine: true,
		Long: `Audit reads a Juju controller and a Kubernetes cluster, joins what they say and
asks the rules. It reads only: nothing is changed, no secret is asked for, and
values that look secret are replaced before anything is kept.

Juju is reached as the juju client does (its client store, 'juju login'), or by
JUJU_CONTROLLER_ADDRESSES, JUJU_CA_CERT and JUJU_USERNAME with JUJU_PASSWORD or
JUJU_CLIENT_ID with JUJU_CLIENT_SECRET. The cluster is reached as kubectl does.

Files and folders that are named are laid over what is live, as if they were
applied: a manifest takes the place of the object, a bundle or a Terraform plan
that of the applications, and what a plan takes away is gone. Each finding then
says whether it is there today or would be new.

Exit codes: 0 passed, 1 findings, 2 wrong usage or configuration, 3 incomplete.`,
		Example: `  # everything that the current controller and the current context show
  charmarr-lint audit

  # one deployment, kept to look at later
  charmarr-lint audit --model charmarr-core --model charmarr-downloads --model gluetun --save charmarr.json.gz

  # what would this policy do?
  charmarr-lint audit new-policy.yaml`,
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
		RunE: func(cmd *cobra.Command, paths []string) error {
			p.quiet = s.quiet
			return p.audit(cmd.Context(), s, r, l, save, paths)
		},
	}
	l.register(cmd)
	cmd.Flags().StringVar(&save, "save", "", "record what was read, redacted, in `FILE`, with gzip where the name ends in .gz")
	r.register(cmd)
	s.register(cmd)
	also(cmd, l.check)
	also(cmd, func() error {
		if save == "-" {
			return errors.New("--save: standard output has the report; name a file")
		}
		return nil
	})
	return cmd
}

func (p *program) audit(ctx context.Context, s sharedFlags, r reportFlags, l liveFlags, save string, paths []string) error {
	out, err := r.outputs(p, s)
	if err != nil {
		return err
	}
	o, err := p.options(s, r)
	if err != nil {
		return err
	}
	progress := p.newProgress()
	collectors, err := p.collectors(l, progress)
	if err != nil {
		return err
	}
	// An interrupt ends the reading. What was read is judged all the same.
	whole := context.WithoutCancel(ctx)
	judge, err := lint.NewJudge(whole, o)
	if err != nil {
		return err
	}
	live, err := collectLive(ctx, collectors)
	progress.erase()
	if err != nil {
		return err
	}
	if save != "" {
		for i := range live.Sources {
			live.Sources[i].Recorded = file.Name(save)
		}
	}
	read, kept := collected{snap: live}, live
	variants := []lint.Variant{{After: live}}
	if len(paths) > 0 {
		if paths, err = sourcePaths(paths); err != nil {
			return err
		}
		if read, err = p.collect(whole, paths, o.Config.Roots, nil); err != nil {
			return err
		}
		variants = read.over(live)
		if len(read.snap.Sources) == 0 {
			variants[0].Before = nil // nothing is laid over it, and gaps say why
		}
		// What a plan takes away does not show in what it makes: it is given again
		// beside what was recorded.
		kept = snapshot.Over(live, read.plans.Others)
	}
	rep, err := judge.Variants(whole, variants)
	setup := new(lint.SetupError)
	if err != nil && (!errors.As(err, &setup) || rep.Schema == "") {
		return err
	}
	p.done = outcome{
		broken:     err != nil,
		findings:   reaches(rep.Findings, r.failOn),
		incomplete: rep.Incomplete(),
		empty:      rep.Empty && !s.allowEmpty,
	}
	if save != "" {
		if read.readFrom(save) {
			err = errors.Join(err, fmt.Errorf("writing the snapshot to %s: %s", save, wasRead))
			p.done.broken = true
		} else if saveErr := p.record(kept, save); saveErr != nil {
			err = errors.Join(err, saveErr)
			p.done.broken = true
		}
	}
	if writeErr := out.write(rep, read); writeErr != nil {
		p.done.broken = true
		err = errors.Join(err, writeErr)
	}
	p.keepLast(rep)
	if !out.forPeople {
		p.notice(untold(rep, o.Config.File))
	}
	if p.done.empty {
		p.notice("found no Charmarr application or namespace in what is live; name models with --model and namespaces with --namespace, or allow that with --allow-empty")
	}
	return err
}
