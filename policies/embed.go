// Package policies holds the built-in rules: Rego and the schemas it is checked
// against. It knows nothing of OPA; package evaluate loads what is here.
//
//	lib/<topic>/          sets that several rules derive, package lib.<topic>
//	rules/<area>/<rule>/  one rule each, package rules.<area>.<rule>, with its
//	                      tests and its pass and fail fixtures
//	schemas/              stack.json, generated from package topology, and
//	                      rule.json, the METADATA block of a rule
package policies

import "embed"

//go:generate go run ../tools/gen -root ..

// Files holds the Rego files of lib and rules (tests too) and the schemas. The
// fixtures are read from disk by tests and are no part of the program.
//
//go:embed lib/*/*.rego rules/*/*/*.rego schemas/*.json
var Files embed.FS
