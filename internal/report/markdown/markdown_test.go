package markdown

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
)

func TestTablesHaveEqualRows(t *testing.T) {
	for _, c := range reporttest.Cases() {
		var b bytes.Buffer
		require.NoError(t, Write(&b, c.Report))
		bars := 0
		for line := range strings.SplitSeq(b.String(), "\n") {
			if !strings.HasPrefix(line, "|") {
				bars = 0
				continue
			}
			n := strings.Count(line, "|") - strings.Count(line, `\|`)
			if bars > 0 {
				require.Equal(t, bars, n, line)
			}
			bars = n
		}
	}
}

func TestLimit(t *testing.T) {
	r := reporttest.Named("broken")
	one := r.Findings[0]
	for range 6000 {
		r.Findings = append(r.Findings, one)
	}
	var b bytes.Buffer
	require.NoError(t, Write(&b, r))
	require.Less(t, b.Len(), 1<<20, "GitHub would drop the summary")
	require.Contains(t, b.String(), "left out here for want of room")
	require.Contains(t, b.String(), "## What was looked at")
}
