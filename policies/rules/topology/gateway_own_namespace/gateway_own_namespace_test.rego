package rules.topology.gateway_own_namespace_test

import data.lib.testing
import data.rules.topology.gateway_own_namespace as rule

gluetun(model) := testing.application(model, "gluetun", "vpn-gateway", {})

neighbour(role, mesh) := testing.application("charmarr-downloads", "neighbour", role, {"mesh": mesh})

sharing(role, mesh) := testing.stack({"applications": [gluetun("charmarr-downloads"), neighbour(role, mesh)]})

test_error_beside_something_enrolled if {
	testing.hits(rule.violations) == {["", "application", "gluetun", "error"]} with input as sharing("download-client", testing.captured("namespace-label"))
}

test_names_the_enrolled_neighbour if {
	some violation in rule.violations with input as sharing("download-client", testing.captured("namespace-label"))
	contains(violation.message, `"neighbour" is enrolled`)
	contains(violation.message, "model of its own")
}

test_warning_beside_something_surely_not_enrolled if {
	testing.hits(rule.violations) == {["", "application", "gluetun", "warning"]} with input as sharing("download-client", testing.not_captured("no-label"))
}

test_error_where_juju_alone_says_that_it_is_not_enrolled if {
	testing.hits(rule.violations) == {["", "application", "gluetun", "error"]} with input as sharing("download-client", testing.declared_mesh("no", "no-relation"))
}

test_error_where_nothing_is_known if {
	testing.hits(rule.violations) == {["", "application", "gluetun", "error"]} with input as sharing("download-client", testing.unknown_mesh)
}

test_warning_without_a_mesh if {
	stack := object.union(sharing("download-client", testing.unknown_mesh), {"profile": {"mesh": "off"}})
	testing.hits(rule.violations) == {["", "application", "gluetun", "warning"]} with input as stack
}

test_fires_beside_each_kind_of_neighbour if {
	roles := {role |
		some role in ["download-client", "media-manager", "ingress-gateway", "beacon", "control-plane", "storage", "crowsnest", ""]
		count(rule.violations) == 1 with input as sharing(role, testing.unknown_mesh)
	}
	roles == {"download-client", "media-manager", "ingress-gateway", "beacon"}
}

test_silent_alone if {
	stack := testing.stack({"applications": [gluetun("gluetun"), neighbour("download-client", testing.captured("namespace-label"))]})
	count(rule.violations) == 0 with input as stack
}

test_silent_under_a_single_model if {
	apps := [gluetun("charmarr"), testing.application("charmarr", "radarr", "media-manager", {"mesh": testing.captured("pod-label")})]
	count(rule.violations) == 0 with input as testing.single({"applications": apps})
}
