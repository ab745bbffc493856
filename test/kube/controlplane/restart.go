package controlplane

import (
	"context"
	"fmt"
	"syscall"
	"time"
)

// Restart kills the API server as a crash would, leaves it away for a while, and
// starts it again as it was, on the same address. It returns once that is ready.
func (c *ControlPlane) Restart(ctx context.Context, away time.Duration) error {
	port, err := portOf(c.Config)
	if err != nil {
		return err
	}
	pid, args, err := c.apiServer(ctx, port)
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return fmt.Errorf("killing the API server: %w", err)
	}
	for {
		if _, _, err := c.apiServer(ctx, port); err != nil {
			break // it is gone
		}
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(away)
	server, err := launch(args)
	if err != nil {
		return err
	}
	c.again = append(c.again, server.end)
	return ready(ctx, c.Config)
}
