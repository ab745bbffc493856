// Package patience waits for a while, and no longer than who waits is wanted.
//
// It knows nothing of what is waited for, nor how often something is tried again.
package patience

import (
	"context"
	"time"
)

// Wait waits, or returns false where the context ends before.
func Wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil // both may be so; one that has ended goes first
	}
}
