// Package live tests audit as users run it: the built program, against a Juju
// controller and a kube-apiserver at once, both real. `make test-live` builds the
// two and runs the tests.
//
// The models of a deployment live in the controller and its objects in the API
// server; the labels of the namespaces join them. What agents, a kubelet, the
// charms and Istio would write is written by the tests.
package live
