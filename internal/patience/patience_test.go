package patience

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWait(t *testing.T) {
	require.True(t, Wait(t.Context(), time.Millisecond))
	require.True(t, Wait(t.Context(), -time.Second), "what is over is not waited for")
	ctx, end := context.WithCancel(t.Context())
	end()
	require.False(t, Wait(ctx, time.Hour))
	require.False(t, Wait(ctx, 0))
}
