package rules.ops.hardened_ready_test

import data.lib.testing
import data.rules.ops.hardened_ready as rule

cluster(on) := object.union(testing.cluster_default, {"hardened": {"on": on, "fact": "option hardened-mode=true", "at": "option"}})

plane(charm) := object.union(testing.control_plane_default, {
	"subject": testing.subject("application", "istio-system", "istio"),
	"state": "declared",
	"name": "istio",
	"model": "istio-system",
	"charm": charm,
})

# open is in the mesh by a label, and its beacon knows nothing of it.
open(captured) := testing.application("charmarr-core", "radarr", "media-manager", {
	"mesh_endpoints": ["media-manager"],
	"mesh": testing.declared_mesh(captured, "model-on-mesh"),
})

of(app, on, fields) := testing.stack(object.union(
	{
		"models": [testing.model("charmarr-core")],
		"applications": [app],
		"evidence": testing.evidence(["juju.relations"], ["charmarr-core"]),
		"cluster": cluster(on),
		"control_planes": [plane(true)],
	},
	fields,
))

test_no_policy if {
	found := rule.violations with input as of(open("yes"), "yes", {})
	testing.hits(found) == {["", "application", "istio", ""]}
	some violation in found
	violation.at == "option"
	contains(violation.message, `for "radarr" no policy is written`)
	violation.remediation[0] == "juju config -m istio-system istio hardened-mode=false"
}

test_silent_where_policies_are_written_by_hand if {
	unmanaged := testing.application("charmarr-core", "beacon", "beacon", {"config": [testing.fact("manage-authorization-policies", "False")]})
	count(rule.violations) == 0 with input as of(open("yes"), "yes", {"applications": [open("yes"), unmanaged]})
}

sabnzbd := testing.application("charmarr-downloads", "sabnzbd", "download-client", {
	"mesh_endpoints": ["download-client"],
	"mesh": testing.captured("mesh-relation"),
})

radarr := testing.application("charmarr-core", "radarr", "media-manager", {})

beacon := testing.application("charmarr-downloads", "beacon", "beacon", {})

test_unknown_caller if {
	relations := [
		testing.relation("service_mesh", testing.end(beacon, "service-mesh"), testing.end(sabnzbd, "service-mesh"), {}),
		testing.relation("download-client", testing.end(sabnzbd, "download-client"), object.union(testing.end(radarr, "download-client"), {"saas": "radarr"}), {"model": "charmarr-downloads"}),
	]
	crossing := {"applications": [sabnzbd, radarr, beacon], "relations": relations}
	found := rule.violations with input as of(sabnzbd, "yes", crossing)
	count(found) == 1
	some violation in found
	contains(violation.message, `for "sabnzbd" callers from other models go by unknown names`)
	told := array.concat(relations, [testing.relation(
		"cross_model_mesh", testing.end(sabnzbd, "provide-cmr-mesh"),
		object.union(testing.end(radarr, "require-cmr-mesh"), {"saas": "radarr"}), {"model": "charmarr-downloads"},
	)])
	count(rule.violations) == 0 with input as of(sabnzbd, "yes", object.union(crossing, {"relations": told}))
}

test_without_a_control_plane_the_stack_is_named if {
	found := rule.violations with input as of(open("yes"), "yes", {"control_planes": []})
	testing.hits(found) == {["", "model", "charmarr-core", ""]}
	some violation in found
	count(violation.remediation) == 2
	some other in rule.violations with input as of(open("yes"), "yes", {"control_planes": [plane(false)]})
	other.remediation[0] == "juju config -m istio-system istio hardened-mode=false"
}

test_silent_unless_hardened if {
	count(rule.violations) == 0 with input as of(open("yes"), "no", {})
	count(rule.undecided) == 0 with input as of(open("yes"), "no", {})
}

test_silent_when_ready if {
	count(rule.violations) == 0 with input as of(open("no"), "yes", {})
	count(rule.undecided) == 0 with input as of(open("no"), "yes", {})
	count(rule.undecided) == 0 with input as of(open("no"), "", {})
}

test_undecided if {
	count(rule.violations) == 0 with input as of(open("yes"), "", {})
	count(rule.undecided) == 1 with input as of(open("yes"), "", {})
	count(rule.undecided) == 1 with input as of(open(""), "yes", {})
}

test_silent_without_a_mesh if {
	off := {"profile": object.union(testing.adr_006, {"mesh": "off"})}
	count(rule.violations) == 0 with input as of(open("yes"), "yes", off)
	count(rule.undecided) == 0 with input as of(open("yes"), "", off)
}
