// Package juju tests the reading of controllers against real Juju: an API
// server of Juju 4.1 on its database, which module server below starts, and
// Juju's own client. `make test-juju` builds both and runs the tests.
package juju
