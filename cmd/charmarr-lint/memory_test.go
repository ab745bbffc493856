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
		{0, 300}, {20 * mib, 300}, {128 * mib, 200}, {192 * mib, 100}, {256 * mib, 50},
		{360 * mib, 25}, {384*mib - 1, 25}, {384 * mib, 80}, {4000 * mib, 80},
	} {
		require.Equal(t, tt.percent, percentFor(tt.live), "%d bytes", tt.live)
	}
}
