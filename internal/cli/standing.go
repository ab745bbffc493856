package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/audit"
	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

// standingFlags say whether what is wrong is written down in the cluster.
type standingFlags struct {
	interval  time.Duration
	namespace string
}

func (f *standingFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.DurationVar(&f.interval, "audit-interval", 0, "write what is wrong into the cluster as OpenReports or PolicyReports, every `TIME` where it differs; 0 writes none")
	fs.StringVar(&f.namespace, "audit-namespace", "", "`NAME` of the namespace of the Lease by which one replica is chosen to write (default: the pod's own)")
}

func (f *standingFlags) check() error {
	switch {
	case f.interval < 0:
		return fmt.Errorf("--audit-interval: %s is no time to wait", f.interval)
	case f.interval == 0 && f.namespace != "":
		return errors.New("--audit-namespace says where the Lease of the standing audit is, and --audit-interval does not ask for one")
	}
	return nil
}

// standing returns what writes down what is wrong; none where it is not asked for.
func (f *standingFlags) standing(o kube.Options, log io.Writer) ([]webhook.Beside, error) {
	if f.interval == 0 {
		return nil, nil
	}
	namespace := f.namespace
	if namespace == "" {
		var ok bool
		if namespace, ok = o.Namespace(); !ok {
			return nil, errors.New("--audit-interval wants a Lease in a namespace, and this is no pod whose namespace could be taken: name one with --audit-namespace")
		}
	}
	address, client, err := o.Reach()
	if err != nil {
		return nil, err
	}
	auditor := audit.New(audit.Options{
		API: audit.API{URL: address, Client: client}, Interval: f.interval, Namespace: namespace, Log: log, Now: time.Now,
	})
	return []webhook.Beside{{
		Run: func(ctx context.Context, latest func() (webhook.Latest, bool)) {
			auditor.Run(ctx, func() (audit.Latest, bool) {
				l, ok := latest()
				if !ok {
					return audit.Latest{}, false
				}
				return audit.Latest{Report: l.Report, Snapshot: l.Snapshot, Old: l.Old}, true
			})
		},
		Metrics: auditor.WriteMetrics,
	}}, nil
}
