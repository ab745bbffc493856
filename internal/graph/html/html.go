package html

import (
	"io"

	"github.com/charmarr/charmarr-lint/internal/graph"
)

func Write(w io.Writer, g graph.Graph) error { return nil }
