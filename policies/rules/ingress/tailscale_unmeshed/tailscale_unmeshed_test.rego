package rules.ingress.tailscale_unmeshed_test

import data.lib.testing
import data.rules.ingress.tailscale_unmeshed as rule

namespace(name, labels) := {"subject": {"kind": "namespace", "model": "", "namespace": name, "name": name}, "at": name, "name": name, "labels": labels}

beside(labels) := testing.stack({"cluster": {"namespaces": [namespace("tailscale", labels), namespace("blog", [testing.fact("istio.io/dataplane-mode", "ambient")])]}})

test_operator if {
	testing.hits(rule.violations) == {["operator", "namespace", "tailscale", ""]} with input as beside([testing.fact("istio.io/dataplane-mode", "ambient")])
	testing.hits(rule.violations) == {["operator", "namespace", "tailscale", ""]} with input as beside([testing.fact("istio-injection", "enabled")])
	count(rule.violations) == 0 with input as beside([testing.fact("istio.io/dataplane-mode", "none")])
	count(rule.violations) == 0 with input as beside([])
}

connector(mesh) := testing.application("charmarr-core", "ts", "tailscale", {"mesh": mesh})

beacon(fields) := testing.application("charmarr-core", "beacon", "beacon", fields)

test_connector_by_relation if {
	ts := connector(testing.declared_mesh("yes", "mesh-relation"))
	relation := testing.relation("service_mesh", testing.end(beacon({}), "service-mesh"), testing.end(ts, "service-mesh"), {})
	found := rule.violations with input as testing.stack({"applications": [ts, beacon({})], "relations": [relation]})
	testing.hits(found) == {["connector", "application", "ts", ""]}
	some violation in found
	violation.remediation == ["juju remove-relation -m charmarr-core ts:service-mesh beacon:service-mesh"]
}

test_connector_by_label if {
	some violation in rule.violations with input as testing.stack({"applications": [connector(testing.captured("pod-label"))]})
	startswith(violation.remediation[0], "kubectl -n charmarr-core patch statefulset ts")
}

test_silent_outside_and_where_another_rule_tells if {
	count(rule.violations) == 0 with input as testing.stack({"applications": [connector(testing.not_captured("no-label"))]})
	whole := beacon({"config": [testing.fact("model-on-mesh", "true")]})
	count(rule.violations) == 0 with input as testing.stack({"applications": [connector(testing.declared_mesh("yes", "model-on-mesh")), whole]})
}

exposed := testing.service("charmarr-core", "arr-gateway-istio", "", {"tailscale": [testing.fact("tailscale.com/expose", "true")]})

test_undecided_where_the_operator_was_not_read if {
	count(rule.undecided) == 1 with input as testing.stack({"services": [exposed]})
	count(rule.undecided) == 0 with input as object.union(beside([]), {"services": [exposed]})
	count(rule.undecided) == 0 with input as testing.stack({})
}
