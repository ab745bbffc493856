// Package server is a Juju controller to test against: the real API server of
// Juju 4.1 on its real database, without agents and without a cloud.
//
// It is a test binary of a module that lies below Juju's, for Juju's own suite
// of tests starts such a server and Go lets nobody else import it. The tests in
// the folder above build it, start it as a process of its own and talk to it as
// any client does. See serve_test.go for what it reads and writes.
//
// The server is reachable from this machine alone, and it ends when its standard
// input does, so that it cannot outlive who started it.
package server
