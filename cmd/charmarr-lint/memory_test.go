package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhenGarbageIsCollected(t *testing.T) {
	const mib = 1 << 20
	for _, tt := range []struct {
		live    uint64
		percent int
	}{
		{0, 300}, {20 * mib, 300}, {110 * mib, 200}, {165 * mib, 100}, {220 * mib, 50},
		{300 * mib, 25}, {330*mib - 1, 25}, {330 * mib, 80}, {4000 * mib, 80},
	} {
		require.Equal(t, tt.percent, percentFor(tt.live), "%d bytes", tt.live)
	}
}
