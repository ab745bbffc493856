// Package chart holds the chart of deploy/ to the manifests beside it, and both to a
// real API server.
//
// A rendering is what Helm's own library makes of the chart with some values; a build is
// what kustomize's makes of a folder. There is no controller: what is asked of the API
// server is that it takes the objects, that the registration asks as it should, and that
// an uninstall leaves nothing.
package chart
