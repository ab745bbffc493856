package rules.mesh.no_sidecar_injection_test

import data.lib.testing
import data.rules.mesh.no_sidecar_injection as rule

of(name, labels) := testing.stack({"namespaces": [testing.namespace(name, {"labels": labels})], "applications": [testing.application("gluetun", "gluetun", "vpn-gateway", {})]})

test_fires if {
	found := {i |
		some i, labels in [[testing.fact("istio-injection", "enabled")], [testing.fact("istio.io/rev", "stable")], [testing.fact("istio-injection", "enabled"), testing.fact("istio.io/rev", "stable")]]
		testing.hits(rule.violations) == {["", "namespace", "charmarr-core", ""]} with input as of("charmarr-core", labels)
	}
	count(found) == 3
}

test_silent_otherwise if {
	count(rule.violations) == 0 with input as of("charmarr-core", [testing.fact("istio-injection", "disabled")])
	count(rule.violations) == 0 with input as of("charmarr-core", [])
	count(rule.violations) == 0 with input as of("blog", [testing.fact("istio-injection", "enabled")])
	count(rule.violations) == 0 with input as of("gluetun", [testing.fact("istio-injection", "enabled")])
}
