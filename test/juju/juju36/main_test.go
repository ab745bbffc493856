package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The recording that the product's tests read is the one that is written here.
func TestTheRecordingIsUpToDate(t *testing.T) {
	const path = "../../../internal/collect/juju/testdata/juju-3.6.json"
	var text strings.Builder
	require.NoError(t, write(&text))
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, text.String(), string(kept), "write it again: go run . >%s", path)
}
