package kube

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWhatIsRefusedIsNotTriedAgain: an object that the API server will never take
// ends a test at once, and what was applied before it is removed.
func TestWhatIsRefusedIsNotTriedAgain(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	t.Cleanup(func() { require.NoError(t, plane.Wipe(context.Background())) })
	err := plane.Apply(ctx, []byte(`
{apiVersion: v1, kind: Namespace, metadata: {name: refused}}
---
{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: refused}, spec: {}}
`))
	require.ErrorContains(t, err, "spec.containers: Required value")
	require.NoError(t, ctx.Err())
}
