package rules.topology.control_plane_own_namespace_test

import data.lib.testing
import data.rules.topology.control_plane_own_namespace as rule

istio(model, fields) := testing.application(model, "istio", "control-plane", fields)

radarr := testing.application("charmarr-core", "radarr", "media-manager", {})

of(apps, strays) := testing.stack({"models": [testing.model("charmarr-core"), testing.model("istio-system")], "applications": apps, "strays": strays})

istiod(namespace) := testing.stray(namespace, "Deployment", "istiod", {"istio": true})

test_fires_beside_an_application if {
	found := rule.violations with input as of([istio("charmarr-core", {}), radarr], [])
	testing.hits(found) == {["", "model", "charmarr-core", ""]}
	some violation in found
	violation.remediation[0] == "juju remove-application -m charmarr-core istio  # the mesh has no control plane until the next is up"
}

test_fires_beside_a_beacon if {
	beacon := testing.application("istio-system", "beacon", "beacon", {})
	count(rule.violations) == 1 with input as of([istio("istio-system", {}), beacon], [])
}

test_one_finding_for_charm_and_istiod if {
	count(rule.violations) == 1 with input as of([istio("charmarr-core", {}), radarr], [istiod("charmarr-core")])
}

test_fires_on_istiod_alone if {
	some violation in rule.violations with input as of([radarr], [istiod("charmarr-core")])
	contains(violation.remediation[0], "istioctl uninstall")
}

test_silent_in_a_model_of_its_own if {
	count(rule.violations) == 0 with input as of([istio("istio-system", {}), radarr], [istiod("istio-system")])
}

test_silent_on_what_is_being_removed_and_on_other_parts_of_istio if {
	count(rule.violations) == 0 with input as of([istio("charmarr-core", {"life": "dying"}), radarr], [])
	count(rule.violations) == 0 with input as of([radarr], [testing.stray("charmarr-core", "DaemonSet", "ztunnel", {"istio": true})])
	count(rule.violations) == 0 with input as of([radarr], [testing.stray("charmarr-core", "Deployment", "istiod-viewer", {})])
}

test_silent_beside_applications_of_others if {
	other := testing.application("istio-system", "grafana", "", {})
	count(rule.violations) == 0 with input as of([istio("istio-system", {}), other], [])
}
