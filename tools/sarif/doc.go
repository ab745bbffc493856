// Package sarif holds the reports that the project writes in SARIF to readers
// that others wrote. It is a module of its own, so that those readers stay out of
// the product's dependencies.
//
// validate.sh runs Microsoft's validator, parse_test.go a Go library.
package sarif
