package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
	"github.com/charmarr/charmarr-lint/internal/audit"
	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/tracing"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

// standingFlags say whether what is wrong is written down in the cluster.
type standingFlags struct{ interval time.Duration }

func (f *standingFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.DurationVar(&f.interval, "audit-interval", 0, "write what is wrong into the cluster as OpenReports or PolicyReports, every `TIME` where it differs; 0 writes none")
}

func (f *standingFlags) check() error {
	if f.interval < 0 {
		return fmt.Errorf("--audit-interval: %s is no time to wait", f.interval)
	}
	return nil
}

// standing returns what writes down what is wrong; none where it is not asked for.
func (f *standingFlags) standing(o kube.Options, own ownFlags, tracer *tracing.Tracer, log io.Writer) ([]webhook.Beside, error) {
	if f.interval == 0 {
		return nil, nil
	}
	namespace, err := own.home()
	if err != nil {
		return nil, fmt.Errorf("finding the namespace of the Lease of --audit-interval: %w", err)
	}
	address, client, err := o.Reach()
	if err != nil {
		return nil, err
	}
	auditor := audit.New(audit.Options{
		Server: apiserver.Client{Base: address, HTTP: client}, Interval: f.interval, Namespace: namespace, Tracer: tracer, Log: log, Now: time.Now,
	})
	return []webhook.Beside{{
		Run: func(ctx context.Context, latest func() *lint.Standing) {
			auditor.Run(ctx, func() (audit.Latest, bool) {
				l := latest()
				if l == nil {
					return audit.Latest{}, false
				}
				return audit.Latest{Report: l.Report, Snapshot: l.Snapshot}, true
			})
		},
		Metrics: auditor.WriteMetrics,
	}}, nil
}
