// Command charmarr-lint checks Charmarr deployments against Charmarr's decision
// records. See package cli.
package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/charmarr/charmarr-lint/internal/cli"
)

func main() {
	deferCollection()
	// A reader that has gone (| head) shows as an error of the write, so that
	// the reports that go to files are still written.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}
