package rules.ops.versions_test

import data.lib.testing
import data.rules.ops.versions as rule

model(name, version, supported) := object.union(testing.model(name), {"version": version, "version_at": sprintf("%s runs %s", [name, version]), "version_state": "declared", "supported": supported})

node(name, version, supported) := object.union(testing.node_default, {
	"subject": {"kind": "node", "model": "", "namespace": "", "name": name},
	"name": name,
	"version": version,
	"supported": supported,
})

of(models, nodes) := testing.stack({
	"minimum": {"juju": "3.6", "kubernetes": "1.28"},
	"models": models,
	"cluster": object.union(testing.cluster_default, {"nodes": nodes}),
})

new := model("charmarr-core", "3.6.9", "yes")

test_old_juju_is_one_finding if {
	found := rule.violations with input as of([model("charmarr-core", "3.5.4", "no"), model("gluetun", "3.5.7", "no")], [])
	testing.hits(found) == {["juju", "model", "charmarr-core", ""]}
	some violation in found
	contains(violation.message, `Model "charmarr-core" runs Juju 3.5.4 and Model "gluetun" runs Juju 3.5.7`)
	violation.at == "charmarr-core runs 3.5.4"
	count(violation.evidence) == 2
	violation.remediation[2] == "juju upgrade-model -m gluetun"
}

test_old_kubernetes if {
	found := rule.violations with input as of([new], [node("a", "v1.28.1", "yes"), node("b", "v1.27.9", "no")])
	testing.hits(found) == {["kubernetes", "node", "b", "warning"]}
	some violation in found
	contains(violation.message, `Node "b" runs Kubernetes v1.27.9: Charmarr is made for Kubernetes 1.28 and newer`)
}

test_silent_when_new if {
	count(rule.violations) == 0 with input as of([new], [node("a", "v1.28.1", "yes")])
	count(rule.undecided) == 0 with input as of([new], [node("a", "v1.28.1", "yes")])
}

test_undecided_without_a_version if {
	count(rule.undecided) == 1 with input as of([model("charmarr-core", "", "")], [])
	count(rule.undecided) == 1 with input as of([new], [node("a", "", "")])
}
