package rules.mesh.download_client_enrolled_test

import data.lib.testing
import data.rules.mesh.download_client_enrolled as rule

app(model, mesh) := testing.application(model, "qbittorrent", "download-client", {"mesh": mesh})

of(apps) := testing.stack({"applications": apps})

beacon(model) := testing.application(model, "mesh-beacon", "beacon", {})

test_fires_when_not_captured if {
	found := rule.violations with input as of([app("charmarr-downloads", testing.not_captured("no-label"))])
	testing.hits(found) == {["", "application", "qbittorrent", "error"]}
	some violation in found
	violation.state == "effective"
	violation.at == "at no-label"
}

test_fires_on_what_juju_predicts if {
	some violation in rule.violations with input as of([app("charmarr-downloads", testing.declared_mesh("no", "no-relation"))])
	violation.state == "declared"
}

test_fires_in_a_single_model if {
	count(rule.violations) == 1 with input as testing.single({"applications": [app("charmarr", testing.not_captured("no-label"))]})
}

test_a_sidecar_is_a_warning if {
	testing.hits(rule.violations) == {["", "application", "qbittorrent", "warning"]} with input as of([app("charmarr-downloads", testing.not_captured("sidecar"))])
}

test_deploys_a_beacon_where_there_is_none if {
	some violation in rule.violations with input as of([app("charmarr-downloads", testing.not_captured("no-label"))])
	violation.remediation == [
		"juju deploy -m charmarr-downloads istio-beacon-k8s beacon --trust",
		"juju integrate -m charmarr-downloads qbittorrent:service-mesh beacon:service-mesh",
	]
}

test_names_the_beacon_of_the_model if {
	some violation in rule.violations with input as of([app("charmarr-downloads", testing.not_captured("no-label")), beacon("charmarr-downloads"), beacon("other")])
	violation.remediation == ["juju integrate -m charmarr-downloads qbittorrent:service-mesh mesh-beacon:service-mesh"]
}

test_says_that_juju_has_the_relation if {
	related := object.union(app("charmarr-downloads", testing.not_captured("no-label")), {"declared_mesh": testing.declared_mesh("yes", "mesh-relation")})
	some violation in rule.violations with input as of([related, beacon("charmarr-downloads")])
	count(violation.evidence) == 2
	violation.remediation[0] == "juju remove-relation -m charmarr-downloads qbittorrent:service-mesh mesh-beacon:service-mesh"
}

test_every_way_out_has_a_finding_with_commands if {
	ways := ["no-label", "none-label", "host-network", "sidecar", "ambient-off", "excluded-namespace", "no-relation", "custom-selector", "finished"]
	found := {way |
		some way in ways
		violations := rule.violations with input as of([app("charmarr-downloads", testing.not_captured(way))])
		some violation in violations
		count(violation.remediation) > 0
	}
	count(found) == count(ways)
}

test_silent_when_captured if {
	count(rule.violations) == 0 with input as of([app("charmarr-downloads", testing.captured("pod-label"))])
	count(rule.undecided) == 0 with input as of([app("charmarr-downloads", testing.captured("pod-label"))])
}

test_silent_without_a_mesh if {
	stack := object.union(of([app("charmarr-downloads", testing.not_captured("no-label"))]), {"profile": {"mesh": "off"}})
	count(rule.violations) == 0 with input as stack
	count(rule.undecided) == 0 with input as stack
}

test_silent_in_the_gateways_model if {
	count(rule.violations) == 0 with input as of([app("gluetun", testing.not_captured("no-label"))])
}

test_silent_on_other_roles if {
	apps := [testing.application("charmarr-downloads", role, role, {"mesh": testing.not_captured("no-label")}) |
		some role in ["vpn-gateway", "ingress-gateway", "storage", "beacon", "media-manager", ""]
	]
	count(rule.violations) == 0 with input as of(apps)
}

test_undecided_when_unknown if {
	found := rule.undecided with input as of([app("charmarr-downloads", testing.unknown_mesh)])
	count(found) == 1
	some item in found
	startswith(item.missing, "kube.workloads@")
	count(rule.violations) == 0 with input as of([app("charmarr-downloads", testing.unknown_mesh)])
}

test_a_sidecar_is_not_said_to_speak_in_the_clear if {
	some violation in rule.violations with input as of([app("charmarr-downloads", testing.not_captured("sidecar"))])
	contains(violation.message, "its traffic is encrypted")
	not contains(violation.message, "in the clear")
}

test_pods_older_than_their_workload_are_restarted if {
	stale := testing.running("charmarr-downloads", "qbittorrent", "download-client", {
		"mesh": testing.not_captured("no-label"),
		"workloads": [testing.workload("charmarr-downloads", "qbittorrent", {"mesh": testing.captured("pod-label")})],
	})
	some violation in rule.violations with input as of([stale])
	violation.remediation == ["kubectl -n charmarr-downloads rollout restart statefulset qbittorrent  # its pods are older than its labels"]
}
