package rules.mesh.gateway_not_enrolled_test

import data.lib.testing
import data.rules.mesh.gateway_not_enrolled as rule

gluetun(fields) := testing.running("gluetun", "gluetun", "vpn-gateway", object.union({"mesh": testing.not_captured("no-label")}, fields))

with_workload(mesh) := gluetun({"workloads": [testing.workload("gluetun", "gluetun", {"mesh": mesh})]})

with_pod(fields) := gluetun({"pods": [testing.pod("gluetun", "gluetun-0", fields)]})

of(app) := testing.stack({"applications": [app], "namespaces": [testing.namespace("gluetun", {})]})

labelled := testing.namespace("gluetun", {"labels": [
	testing.fact("istio.io/dataplane-mode", "ambient"),
	testing.fact("charms.canonical.com/istio.io.waypoint.managed-by", "gluetun.beacon"),
]})

# a

test_namespace_label if {
	found := rule.violations with input as of(with_workload(testing.captured("namespace-label")))
	testing.hits(found) == {["namespace-label", "namespace", "gluetun", ""]}
	some violation in found
	violation.state == "effective"
	violation.at == "at namespace-label"
	violation.remediation == ["kubectl label namespace gluetun istio.io/dataplane-mode- istio.io/use-waypoint-"]
}

test_namespace_label_by_the_application_or_a_pod if {
	by_app := testing.application("gluetun", "gluetun", "vpn-gateway", {"mesh": testing.captured("namespace-label")})
	testing.hits(rule.violations) == {["namespace-label", "namespace", "gluetun", ""]} with input as of(by_app)
	testing.hits(rule.violations) == {["namespace-label", "namespace", "gluetun", ""]} with input as of(with_pod({"mesh": testing.captured("namespace-label")}))
}

test_namespace_label_of_a_beacon_is_taken_off_by_the_beacon if {
	stack := object.union(of(with_workload(testing.captured("namespace-label"))), {"namespaces": [labelled]})
	some violation in rule.violations with input as stack
	violation.remediation[0] == "juju config -m gluetun beacon model-on-mesh=false"
}

test_namespace_label_shared_with_others_leaves_them_enrolled if {
	stack := object.union(of(with_workload(testing.captured("namespace-label"))), {"applications": [
		with_workload(testing.captured("namespace-label")),
		testing.application("gluetun", "radarr", "media-manager", {}),
	]})
	some violation in rule.violations with input as stack
	count(violation.remediation) == 1
	startswith(violation.remediation[0], "kubectl -n gluetun patch statefulset gluetun ")
}

test_live_redirection_is_evidence_where_a_label_explains_it if {
	app := gluetun({
		"workloads": [testing.workload("gluetun", "gluetun", {"mesh": testing.captured("namespace-label")})],
		"pods": [testing.pod("gluetun", "gluetun-0", {"mesh": testing.captured("namespace-label"), "redirection": "enabled", "redirection_at": "annotation"})],
	})
	found := rule.violations with input as of(app)
	testing.hits(found) == {["namespace-label", "namespace", "gluetun", ""]}
	some violation in found
	some fact in violation.evidence
	fact.at == "annotation"
}

test_namespace_label_behind_another_way_is_said_as_well if {
	testing.hits(rule.violations) == {
		["namespace-label", "namespace", "gluetun", ""],
		["workload-label", "workload", "gluetun", ""],
	} with input as stack_of(with_workload(testing.captured("pod-label")))
	testing.hits(rule.violations) == {["namespace-label", "namespace", "gluetun", ""]} with input as stack_of(with_workload(testing.not_captured("sidecar")))
	found := rule.violations with input as stack_of(with_pod({"mesh": testing.captured("pod-label")}))
	some violation in found
	violation.way == "namespace-label"
	violation.at == "istio.io/dataplane-mode=ambient"
	contains(violation.message, "without the label of its pods")
}

stack_of(app) := object.union(of(app), {"namespaces": [labelled]})

test_namespace_label_is_silent_behind_what_keeps_out if {
	ways := ["none-label", "host-network", "excluded-namespace", "ambient-off"]
	silent := {way |
		some way in ways
		count(rule.violations) == 0 with input as stack_of(with_workload(testing.not_captured(way)))
	}
	count(silent) == count(ways)
}

test_pod_older_than_the_none_of_its_workload_is_deleted if {
	app := gluetun({
		"workloads": [testing.workload("gluetun", "gluetun", {"mesh": testing.not_captured("none-label")})],
		"pods": [testing.pod("gluetun", "gluetun-0", {"mesh": testing.captured("namespace-label")})],
	})
	found := rule.violations with input as of(app)
	testing.hits(found) == {["namespace-label", "namespace", "gluetun", ""]}
	some violation in found
	violation.remediation == ["kubectl -n gluetun delete pod gluetun-0  # a new one has its workload's label none"]
}

# b, c

test_pod_label if {
	testing.hits(rule.violations) == {["pod-label", "pod", "gluetun-0", ""]} with input as of(with_pod({"mesh": testing.captured("pod-label")}))
}

test_pod_label_says_nothing_of_a_workload_that_was_not_read if {
	pod := testing.pod("gluetun", "gluetun-0", {"mesh": testing.captured("pod-label")})
	unread := testing.application("gluetun", "gluetun", "vpn-gateway", {"workloads": [], "pods": [pod]})
	some violation in rule.violations with input as of(unread)
	not contains(violation.message, "workload")
}

test_workload_label if {
	testing.hits(rule.violations) == {["workload-label", "workload", "gluetun", ""]} with input as of(with_workload(testing.captured("pod-label")))
}

test_workload_label_speaks_for_its_pods if {
	app := gluetun({
		"workloads": [testing.workload("gluetun", "gluetun", {"mesh": testing.captured("pod-label")})],
		"pods": [testing.pod("gluetun", "gluetun-0", {"mesh": testing.captured("pod-label")})],
	})
	testing.hits(rule.violations) == {["workload-label", "workload", "gluetun", ""]} with input as of(app)
}

test_custom_selector if {
	testing.hits(rule.violations) == {["custom-selector", "workload", "gluetun", ""]} with input as of(with_workload(testing.captured("custom-selector")))
	testing.hits(rule.violations) == {["custom-selector", "pod", "gluetun-0", ""]} with input as of(with_pod({"mesh": testing.captured("custom-selector")}))
}

# d

declared := testing.application("gluetun", "gluetun", "vpn-gateway", {})

beacon(fields) := testing.application("gluetun", "beacon", "beacon", fields)

meshed(gateway) := testing.relation("service_mesh", testing.end(beacon({}), "service-mesh"), testing.end(gateway, "service-mesh"), {})

test_mesh_relation_is_a_warning if {
	stack := testing.stack({"applications": [declared, beacon({})], "relations": [meshed(declared)]})
	found := rule.violations with input as stack
	testing.hits(found) == {["mesh-relation", "application", "gluetun", "warning"]}
	some violation in found
	violation.remediation == ["juju remove-relation -m gluetun gluetun:service-mesh beacon"]
}

test_mesh_relation_with_the_ends_the_other_way_round if {
	relation := testing.relation("service_mesh", testing.end(declared, "service-mesh"), testing.end(beacon({}), "service-mesh"), {"sides_known": false})
	stack := testing.stack({"applications": [declared, beacon({})], "relations": [relation]})
	count(rule.violations) == 1 with input as stack
}

test_mesh_relation_is_an_error_once_enrolled if {
	app := object.union(with_workload(testing.captured("pod-label")), {"declared": true})
	stack := testing.stack({"applications": [app, beacon({})], "relations": [meshed(app)]})
	testing.hits(rule.violations) == {
		["mesh-relation", "application", "gluetun", "error"],
		["workload-label", "workload", "gluetun", ""],
	} with input as stack
}

test_silent_on_the_mesh_relation_of_others if {
	radarr := testing.application("gluetun", "radarr", "media-manager", {})
	stack := testing.stack({"applications": [declared, radarr, beacon({})], "relations": [meshed(radarr)]})
	count(rule.violations) == 0 with input as stack
}

# e

meshing := beacon({"config_known": true, "config": [testing.fact("model-on-mesh", "true")]})

test_model_on_mesh if {
	testing.hits(rule.violations) == {["model-on-mesh", "application", "gluetun", ""]} with input as testing.stack({"applications": [declared, meshing]})
}

test_model_on_mesh_is_silent_where_the_gateway_is_kept_out if {
	silent := {way |
		some way in ["none-label", "host-network", "excluded-namespace", "ambient-off"]
		count(rule.violations) == 0 with input as of(gluetun({"mesh": testing.not_captured(way)}))
		count(rule.violations) == 0 with input as testing.stack({"applications": [gluetun({"mesh": testing.not_captured(way)}), meshing]})
	}
	count(silent) == 4
}

test_model_on_mesh_is_reported_before_the_label_is_there if {
	stack := testing.stack({"applications": [gluetun({"mesh": testing.not_captured("no-label")}), meshing]})
	testing.hits(rule.violations) == {["model-on-mesh", "application", "gluetun", ""]} with input as stack
}

test_silent_on_model_on_mesh_elsewhere_and_false if {
	off := beacon({"config_known": true, "config": [testing.fact("model-on-mesh", "false")]})
	elsewhere := testing.application("charmarr-core", "beacon", "beacon", {"config": [testing.fact("model-on-mesh", "true")]})
	count(rule.violations) == 0 with input as testing.stack({"applications": [declared, off, elsewhere]})
}

# f

sidecar(mesh) := object.union(mesh, {"sidecar": "yes", "sidecar_fact": "label istio-injection=enabled", "sidecar_at": "label"})

test_sidecar_injection if {
	found := rule.violations with input as of(with_workload(sidecar(testing.not_captured("sidecar"))))
	testing.hits(found) == {["sidecar-injection", "workload", "gluetun", ""]}
	some violation in found
	violation.at == "label"
}

test_sidecar_injected_by_the_namespace if {
	namespace := testing.namespace("gluetun", {"labels": [testing.fact("istio-injection", "enabled")]})
	stack := object.union(of(with_workload(sidecar(testing.not_captured("sidecar")))), {"namespaces": [namespace]})
	found := rule.violations with input as stack
	testing.hits(found) == {["sidecar-injection", "namespace", "gluetun", ""]}
	some violation in found
	violation.at == "istio-injection=enabled"
	violation.remediation[0] == "kubectl label namespace gluetun istio-injection-"
}

test_sidecar_of_a_pod if {
	testing.hits(rule.violations) == {["sidecar-injection", "pod", "gluetun-0", ""]} with input as of(with_pod({"mesh": sidecar(testing.not_captured("sidecar"))}))
}

test_sidecar_of_a_finished_pod_is_none if {
	count(rule.violations) == 0 with input as of(with_pod({"mesh": sidecar(testing.not_captured("finished")), "phase": "Succeeded"}))
}

test_sidecar_of_kube_inject_is_taken_out_with_the_template if {
	mesh := object.union(sidecar(testing.not_captured("sidecar")), {"sidecar_fact": "annotation sidecar.istio.io/status is present"})
	some violation in rule.violations with input as of(with_workload(mesh))
	startswith(violation.remediation[0], "kubectl -n gluetun rollout undo statefulset gluetun ")
}

test_sidecar_restarts_the_gateway_alone if {
	namespace := testing.namespace("gluetun", {"labels": [testing.fact("istio-injection", "enabled")]})
	stack := object.union(of(with_workload(sidecar(testing.not_captured("sidecar")))), {"namespaces": [namespace]})
	some violation in rule.violations with input as stack
	violation.remediation[1] == "kubectl -n gluetun rollout restart statefulset gluetun"
}

# g

configmap(fields) := testing.configmap("gluetun", "juju-service-mesh-gluetun-labels", object.union({"purpose": "mesh-labels", "application": "gluetun", "role": "vpn-gateway"}, fields))

test_mesh_configmap if {
	stack := object.union(of(gluetun({})), {"configmaps": [configmap({"mesh_labels": [testing.fact("istio.io/dataplane-mode", "ambient")]})]})
	testing.hits(rule.violations) == {["mesh-configmap", "configmap", "juju-service-mesh-gluetun-labels", ""]} with input as stack
}

test_silent_on_configmaps_that_are_empty_or_of_others if {
	labels := [testing.fact("istio.io/dataplane-mode", "ambient")]
	maps := [
		configmap({}),
		configmap({"mesh_labels": labels, "role": "media-manager"}),
		configmap({"mesh_labels": labels, "purpose": "gateway-settings"}),
	]
	count(rule.violations) == 0 with input as object.union(of(gluetun({})), {"configmaps": maps})
}

# h

waypoint(value) := testing.service("gluetun", "gluetun", "vpn-gateway", {"labels": [testing.fact("istio.io/use-waypoint", value)]})

test_waypoint_of_a_service_is_a_warning if {
	testing.hits(rule.violations) == {["waypoint", "service", "gluetun", "warning"]} with input as object.union(of(gluetun({})), {"services": [waypoint("w")]})
}

test_waypoint_of_the_namespace_is_a_warning if {
	namespace := testing.namespace("gluetun", {"labels": [testing.fact("istio.io/use-waypoint", "w")]})
	stack := object.union(of(gluetun({})), {"namespaces": [namespace]})
	testing.hits(rule.violations) == {["waypoint", "namespace", "gluetun", "warning"]} with input as stack
	count(rule.violations) == 0 with input as object.union(stack, {"services": [waypoint("none")]})
}

test_silent_on_no_waypoint if {
	silent := {value |
		some value in ["none", ""]
		count(rule.violations) == 0 with input as object.union(of(gluetun({})), {"services": [waypoint(value)]})
	}
	count(silent) == 2
	other := testing.service("gluetun", "radarr", "media-manager", {"labels": [testing.fact("istio.io/use-waypoint", "w")]})
	count(rule.violations) == 0 with input as object.union(of(gluetun({})), {"services": [other]})
}

# i

test_live_redirection if {
	hit := {redirection |
		some redirection in ["enabled", "pending"]
		testing.hits(rule.violations) == {["live-redirection", "pod", "gluetun-0", ""]} with input as of(with_pod({"redirection": redirection}))
	}
	count(hit) == 2
}

test_live_redirection_alone_as_the_way if {
	testing.hits(rule.violations) == {["live-redirection", "pod", "gluetun-0", ""]} with input as of(with_pod({"redirection": "enabled", "mesh": testing.captured("redirection")}))
}

test_silent_on_redirection_that_captures_nothing if {
	pods := [{"redirection": "disabled"}, {"redirection": "enabled", "phase": "Succeeded"}, {"redirection": "enabled", "phase": "Failed"}, {"redirection": "enabled", "host_network": true}]
	silent := {i |
		some i, fields in pods
		count(rule.violations) == 0 with input as of(with_pod(fields))
	}
	count(silent) == count(pods)
}

# what does not enrol

test_silent_on_every_answer_no if {
	ways := ["no-label", "none-label", "host-network", "excluded-namespace", "ambient-off"]
	silent := {way |
		some way in ways
		app := object.union(with_workload(testing.not_captured(way)), {"mesh": testing.not_captured(way)})
		count(rule.violations) == 0 with input as of(app)
		count(rule.undecided) == 0 with input as of(app)
	}
	count(silent) == count(ways)
}

test_silent_on_others_in_the_mesh if {
	app := testing.running("charmarr-core", "radarr", "media-manager", {"mesh": testing.captured("namespace-label")})
	count(rule.violations) == 0 with input as testing.stack({"applications": [app], "namespaces": [testing.namespace("charmarr-core", {})]})
}

test_undecided_when_unknown if {
	found := rule.undecided with input as of(gluetun({"mesh": testing.unknown_mesh}))
	count(found) == 1
	some item in found
	startswith(item.missing, "kube.workloads@gateway: ")
}

test_undecided_when_the_workload_is_and_juju_is_sure if {
	found := rule.undecided with input as of(object.union(with_workload(testing.unknown_mesh), {"mesh": testing.not_captured("no-relation")}))
	count(found) == 1
}
