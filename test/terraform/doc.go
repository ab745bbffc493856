// Package terraform plans the project's own Terraform with a real planner, OpenTofu
// with the juju provider, against the API server of a real Juju controller.
// `make test-terraform` builds all three and runs the tests.
//
// A fixture is a plan, or a state, as `tofu show -json` prints it, kept under
// testdata/plans in the root of the repository for tests that have no planner.
// `make plans` writes those anew that a planner would write otherwise today. Modules
// tofu and provider say which planner that is.
//
// Nothing here leaves the machine: providers come from a folder, and the controller
// has no cloud.
package terraform
