package webhook

import (
	"context"
	"fmt"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/admission"
	"github.com/charmarr/charmarr-lint/internal/lint"
)

// Beside is something that is done with what is known, beside answering.
type Beside struct {
	// Run does it until the context ends. latest is false before anything is known.
	Run func(ctx context.Context, latest func() (Latest, bool))
	// Metrics writes how it is going, in the text format of Prometheus.
	Metrics func(*strings.Builder)
}

// Latest is what is known last.
type Latest struct {
	*lint.Standing

	// Old says, one sentence each, what of it is older than its budget.
	Old []string
}

func (s *Server) latest() (Latest, bool) {
	known := s.facts.last.Load()
	if known == nil {
		return Latest{}, false
	}
	out := Latest{Standing: known.standing}
	for _, a := range known.view(s.options).Ages {
		if a.Of == admission.Cluster && a.Old() { // Juju's facts are left out of what was judged
			out.Old = append(out.Old, fmt.Sprintf("what is known of the cluster is older than %s", a.Budget))
		}
	}
	return out, true
}
