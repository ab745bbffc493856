package rules.mesh.cross_model_identity_test

import data.lib.testing
import data.rules.mesh.cross_model_identity as rule

client(fields) := testing.application("charmarr-downloads", "qbittorrent", "download-client", object.union({"mesh_endpoints": ["download-client"], "mesh": testing.captured("pod-label")}, fields))

manager(name) := testing.application("charmarr-core", name, "media-manager", {"mesh_endpoints": ["media-manager"]})

beacon := testing.application("charmarr-downloads", "beacon", "beacon", {})

meshed := testing.relation("service_mesh", testing.end(beacon, "service-mesh"), testing.end(client({}), "service-mesh"), {})

far(name, endpoint) := object.union(testing.end(manager(name), endpoint), {"saas": name})

uses(name) := testing.relation("download-client", testing.end(client({}), "download-client"), far(name, "download-client"), {"model": "charmarr-downloads"})

told(name) := testing.relation("cross_model_mesh", testing.end(client({}), "provide-cmr-mesh"), far(name, "require-cmr-mesh"), {"model": "charmarr-downloads"})

saas(name, endpoints) := testing.saas("charmarr-downloads", name, {
	"url": sprintf("admin/charmarr-core.%s", [name]), "offer_model": "charmarr-core",
	"endpoints": [{"name": e, "interface": e, "role": ""} | some e in endpoints],
})

of(app, relations) := testing.stack({
	"applications": [app, manager("radarr"), manager("sonarr"), beacon],
	"relations": array.concat([meshed], relations),
	"saas": [saas("radarr", ["download-client", "require-cmr-mesh"]), saas("sonarr", ["download-client"])],
})

test_silent_when_told if {
	count(rule.violations) == 0 with input as of(client({}), [uses("radarr"), told("radarr")])
}

test_a_warning_where_nothing_else_restricts if {
	found := rule.violations with input as of(client({}), [uses("radarr")])
	testing.hits(found) == {["", "application", "qbittorrent", "warning"]}
	some violation in found
	violation.remediation == ["juju integrate -m charmarr-downloads qbittorrent:provide-cmr-mesh radarr:require-cmr-mesh"]
}

test_an_error_behind_an_ingress_and_under_a_hardened_istio if {
	behind := client({"attachments": [testing.attachment("admin-gateway", "admin", "relation")]})
	testing.hits(rule.violations) == {["", "application", "qbittorrent", "error"]} with input as of(behind, [uses("radarr")])
	hardened := object.union(of(client({}), [uses("radarr")]), {"cluster": {"hardened": {"on": "yes"}}})
	testing.hits(rule.violations) == {["", "application", "qbittorrent", "error"]} with input as hardened
}

test_one_finding_for_all_callers_and_the_offer_is_widened if {
	found := rule.violations with input as of(client({}), [uses("radarr"), uses("sonarr")])
	count(found) == 1
	some violation in found
	contains(violation.message, `"radarr" and "sonarr"`)
	"juju offer charmarr-core.sonarr:download-client,require-cmr-mesh sonarr  # the endpoint of the second relation with those it has" in violation.remediation
	"juju consume -m charmarr-downloads admin/charmarr-core.sonarr sonarr  # again, to learn of it" in violation.remediation
	"juju integrate -m charmarr-downloads qbittorrent:provide-cmr-mesh sonarr:require-cmr-mesh" in violation.remediation
}

test_commands_where_the_target_is_consumed if {
	near := testing.end(manager("radarr"), "download-client")
	offered := testing.relation("download-client", object.union(testing.end(client({}), "download-client"), {"saas": "qb"}), near, {"model": "charmarr-core"})
	stack := object.union(of(client({}), [offered]), {"saas": [object.union(saas("qb", ["download-client", "provide-cmr-mesh"]), {"model": "charmarr-core"})]})
	some violation in rule.violations with input as stack
	violation.remediation == ["juju integrate -m charmarr-core radarr:require-cmr-mesh qb:provide-cmr-mesh"]
}

test_silent_where_the_mesh_does_not_reach if {
	count(rule.violations) == 0 with input as of(client({"mesh": testing.not_captured("no-label")}), [uses("radarr")])
	count(rule.violations) == 0 with input as object.union(of(client({}), [uses("radarr")]), {"profile": {"mesh": "off"}})
}
