package sarif

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/rule"
)

func TestTagsAreUnique(t *testing.T) {
	require.Equal(t, []string{"charmarr", "security", "networking/adr-002"},
		tags(rule.Rule{ID: "security/privileged", Security: "7.5", ADR: []string{"networking/adr-002#a", "networking/adr-002#b"}}))
	require.Equal(t, []string{"charmarr", "mesh", "security"}, tags(rule.Rule{ID: "mesh/core-enrolled", Security: "5.0"}))
}
