// Package policies holds the built-in rules: Rego and the schemas it is checked
// against. It knows nothing of OPA; package evaluate loads what is here.
//
//	lib/<topic>/          sets that several rules derive, package lib.<topic>
//	rules/<area>/<rule>/  one rule each, package rules.<area>.<rule>, in one file
//	                      or several, with its tests and its pass and fail
//	                      fixtures
//	schemas/              stack.json, generated from package topology, and
//	                      rule.json, the METADATA block of a rule
//	compiled/             the packages as OPA compiles them, generated; see
//	                      docs/decisions/0008-compiled-policies.md
package policies

import "embed"

//go:generate go run ../tools/gen -root ..

// Files holds the Rego files of lib and rules (tests too), their compiled forms
// and the schemas. The fixtures are read from disk by tests and are no part of
// the program.
//
//go:embed lib/*/*.rego rules/*/*/*.rego schemas/*.json compiled/*/*.bin compiled/*/*/*.bin
var Files embed.FS
