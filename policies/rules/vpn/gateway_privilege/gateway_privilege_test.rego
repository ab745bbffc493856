package rules.vpn.gateway_privilege_test

import data.lib.testing
import data.rules.vpn.gateway_privilege as rule

privileged := {"privileged": "yes", "privileged_at": "privileged"}

named(name, fields) := object.union(testing.container(name), fields)

init := named("gateway-init", privileged)

sidecar := named("gateway-sidecar", {"capabilities": ["NET_ADMIN"]})

gluetun := named("gluetun", privileged)

of(inits, containers) := testing.stack({"applications": [testing.application("gluetun", "gluetun", "vpn-gateway", {"workloads": [testing.workload("gluetun", "gluetun", {"init_containers": inits, "containers": containers})]})]})

test_silent_where_all_is_as_laid if {
	count(rule.violations) == 0 with input as of([init], [gluetun, sidecar])
	count(rule.undecided) == 0 with input as of([init], [gluetun, sidecar])
}

test_too_little if {
	lacking := [
		of([testing.container("gateway-init")], [gluetun, sidecar]),
		of([init], [testing.container("gluetun"), sidecar]),
		of([init], [gluetun, testing.container("gateway-sidecar")]),
	]
	found := [stack | some stack in lacking; testing.hits(rule.violations) == {["too-little", "workload", "gluetun", ""]} with input as stack]
	found == lacking
}

test_too_much if {
	much := named("gateway-sidecar", privileged)
	testing.hits(rule.violations) == {["too-much", "workload", "gluetun", "warning"]} with input as of([init], [gluetun, much])
}

test_missing if {
	testing.hits(rule.violations) == {["missing", "workload", "gluetun", ""]} with input as of([init], [gluetun])
	testing.hits(rule.violations) == {["missing", "workload", "gluetun", ""]} with input as of([], [gluetun, sidecar])
}

test_undecided_where_it_is_not_set_up if {
	count(rule.violations) == 0 with input as of([], [testing.container("gluetun")])
	count(rule.undecided) == 1 with input as of([], [testing.container("gluetun")])
}

test_pods_alone if {
	shown := testing.stack({"applications": [testing.application("gluetun", "gluetun", "vpn-gateway", {"pods": [testing.pod("gluetun", "gluetun-0", {"init_containers": [testing.container("gateway-init")], "containers": [gluetun, sidecar]})]})]})
	testing.hits(rule.violations) == {["too-little", "pod", "gluetun-0", ""]} with input as shown
}
