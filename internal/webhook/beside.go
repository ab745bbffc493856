package webhook

import (
	"context"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/lint"
)

// Beside is something that is done with what was judged, beside answering.
type Beside struct {
	// Run does it until the context ends. latest is nil before anything was judged.
	Run func(ctx context.Context, latest func() *lint.Standing)
	// Metrics writes how it is going, in the text format of Prometheus.
	Metrics func(*strings.Builder)
}

// latest is what was judged last.
func (s *Server) latest() *lint.Standing {
	known := s.facts.last.Load()
	if known == nil {
		return nil
	}
	return known.standing
}
