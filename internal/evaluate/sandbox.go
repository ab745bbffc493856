package evaluate

import "github.com/open-policy-agent/opa/v1/ast"

// sandbox returns what a policy may use: OPA's built-in functions without those
// that reach outside (network, environment), that answer differently from run
// to run (clock, random numbers), or that could fetch a schema from the
// network. Functions over addresses (net.cidr_*) compute only and stay.
//
// A policy that calls one of the others does not compile, and the error names
// file and line.
func sandbox() *ast.Capabilities {
	caps := ast.CapabilitiesForThisVersion()
	allowed := make([]*ast.Builtin, 0, len(caps.Builtins))
	for _, b := range caps.Builtins {
		if !b.Nondeterministic && !withheld(b.Name) {
			allowed = append(allowed, b)
		}
	}
	caps.Builtins = allowed
	caps.AllowNet = []string{} // empty is "no host"; nil would be "any"
	return caps
}

// withheld names the functions that no policy may call. OPA marks most of them
// as non-deterministic; they are named all the same, so that a change of that
// mark in OPA lets nothing in.
func withheld(name string) bool {
	switch name {
	case "http.send", "net.lookup_ip_addr", "opa.runtime", "rego.parse_module",
		"time.now_ns", "rand.intn", "uuid.rfc4122",
		"io.jwt.encode_sign", "io.jwt.encode_sign_raw",
		"io.jwt.decode_verify",                    // compares with the clock
		"json.match_schema", "json.verify_schema": // a schema may refer to a URL
		return true
	}
	return false
}
