package finding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
)

func TestShortLength(t *testing.T) {
	of := func(fingerprints ...string) []finding.Finding {
		var out []finding.Finding
		for _, f := range fingerprints {
			out = append(out, finding.Finding{Fingerprint: f})
		}
		return out
	}
	for name, tt := range map[string]struct {
		in   []finding.Finding
		want int
	}{
		"none":         {nil, 8},
		"one":          {of("0123456789abcdef"), 8},
		"far apart":    {of("0123456789abcdef", "f123456789abcdef"), 8},
		"alike":        {of("0123456789abcdef", "f1", "0123456789abff00"), 13},
		"the same":     {of("0123456789abcdef", "0123456789abcdef"), 8},
		"shorter ones": {of("0123", "0123456789abcdef"), 8},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tt.want, finding.ShortLength(tt.in)) })
	}
}
