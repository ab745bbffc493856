package rules.ops.platform_test

import data.lib.testing
import data.rules.ops.platform as rule

plane(model, fits, charm) := object.union(testing.control_plane_default, {
	"subject": testing.subject("application", model, "istio"),
	"state": "declared",
	"at": sprintf("istio in %s", [model]),
	"name": "istio",
	"model": model,
	"charm": charm,
	"fits": fits,
	"told": "option platform of istio has its default, microk8s",
	"told_at": "option",
	"told_state": "declared",
})

k3s := {"name": "K3s", "platforms": ["k3s", "k3d"], "fact": "node a runs kubelet v1.31.5+k3s1", "at": "node"}

unmarked := {"name": "", "platforms": [], "fact": "", "at": ""}

of(planes, distribution) := testing.stack({
	"models": [testing.model("charmarr-core")],
	"control_planes": planes,
	"cluster": object.union(testing.cluster_default, {"nodes": [object.union(testing.node_default, {"name": "a", "version": "v1.31.5"})], "distribution": distribution}),
})

test_other_platform if {
	found := rule.violations with input as of([plane("istio-system", "no", true)], k3s)
	testing.hits(found) == {["other-platform", "application", "istio", ""]}
	some violation in found
	violation.at == "option"
	violation.remediation == ["juju config -m istio-system istio platform=k3s  # or k3d where that runs it"]
	contains(violation.message, "the nodes run K3s (node a runs kubelet v1.31.5+k3s1)")
	count(violation.evidence) == 3
}

test_other_platform_on_nodes_that_tell_nothing if {
	some violation in rule.violations with input as of([plane("istio-system", "no", true)], unmarked)
	violation.remediation == ["juju config -m istio-system istio platform=  # or microk8s, minikube: what the cluster is"]
	count(violation.evidence) == 2
}

test_commands_without_the_charm if {
	some violation in rule.violations with input as of([plane("istio-system", "no", false)], k3s)
	startswith(violation.remediation[0], "istioctl install")
}

test_several if {
	planes := [plane("charmarr-core", "yes", true), plane("istio-system", "yes", false)]
	found := rule.violations with input as of(planes, unmarked)
	testing.hits(found) == {["several", "application", "istio", ""]}
	some violation in found
	violation.remediation == [
		"juju remove-application -m charmarr-core istio  # all but one of them",
		"istioctl uninstall --purge --istioNamespace istio-system  # all but one of them",
	]
}

test_silent_when_it_fits if {
	count(rule.violations) == 0 with input as of([plane("istio-system", "yes", true)], k3s)
	count(rule.undecided) == 0 with input as of([plane("istio-system", "yes", true)], k3s)
}

test_undecided if {
	count(rule.undecided) == 1 with input as of([plane("istio-system", "", true)], unmarked)
	count(rule.undecided) == 0 with input as of([plane("a", "", true), plane("b", "", true)], unmarked)
	count(rule.undecided) == 1 with input as of([], unmarked)
}

test_nothing_is_asked_of_a_stack_without_a_mesh if {
	off := object.union(of([], unmarked), {"profile": object.union(testing.adr_006, {"mesh": "off"})})
	count(rule.undecided) == 0 with input as off
}
