package rules.vpn.no_direct_egress_test

import data.lib.testing
import data.rules.vpn.no_direct_egress as rule

client(role, answer) := testing.application("charmarr-downloads", "qbittorrent", role, {"egress": answer})

of(app) := testing.stack({"applications": [app]})

test_a_packet_that_gets_out if {
	found := rule.violations with input as of(client("download-client", testing.leak("allow-internet")))
	testing.hits(found) == {["", "application", "qbittorrent", "error"]}
	some violation in found
	contains(violation.message, "from Pod charmarr-downloads/qbittorrent-0 to 1.1.1.1, port 443 of TCP")
	violation.remediation[0] == "juju scale-application -m charmarr-downloads qbittorrent 0  # until it is repaired"
	some command in violation.remediation
	startswith(command, "kubectl -n charmarr-downloads delete networkpolicy allow-internet")
	some evidence in violation.evidence
	evidence == {"fact": "why no policy stops it", "at": "at the policy", "object": "NetworkPolicy charmarr-downloads/allow-internet"}
}

test_without_a_policy if {
	found := rule.violations with input as of(client("download-client", testing.leak("")))
	some violation in found
	not "NetworkPolicy" in {split(evidence.object, " ")[0] | some evidence in violation.evidence}
}

test_causes_without_a_policy_have_their_own_cure if {
	cures := [violation.remediation[1] |
		some cause in ["not-enforced", "host-network"]
		answer := object.union(testing.leak(""), {"example": object.union(testing.leak("").example, {"cause": cause})})
		some violation in rule.violations with input as of(client("download-client", answer))
	]
	contains(cures[0], "install a network plugin")
	contains(cures[1], "take hostNetwork out")
}

test_others_are_a_warning if {
	testing.hits(rule.violations) == {["", "application", "qbittorrent", "warning"]} with input as of(client("indexer", testing.leak("")))
}

test_a_client_without_a_relation_gets_one_first if {
	answer := object.union(testing.leak(""), {"signs": ["containers"]})
	some violation in rule.violations with input as of(client("download-client", answer))
	some command in violation.remediation
	contains(command, "juju integrate")
}

test_silent_where_it_is_blocked_or_not_asked if {
	count(rule.violations) == 0 with input as of(client("download-client", testing.egress({})))
	count(rule.undecided) == 0 with input as of(client("download-client", testing.egress({})))
	count(rule.undecided) == 0 with input as of(testing.application("charmarr-core", "radarr", "media-manager", {}))
}

unknown := testing.egress({"answer": "unknown", "missing": ["kube.networkpolicies: a", "kube.system: b"]})

test_undecided_says_what_is_missing if {
	found := rule.undecided with input as of(client("download-client", unknown))
	{item.missing | some item in found} == {"kube.networkpolicies: a", "kube.system: b"}
	count(rule.violations) == 0 with input as of(client("download-client", unknown))
}

test_a_client_that_does_not_run_is_not_asked if {
	idle := testing.stack({
		"applications": [client("download-client", unknown)],
		"evidence": testing.evidence(["juju.relations"], ["charmarr-downloads"]),
	})
	count(rule.undecided) == 0 with input as idle
	leaving := object.union(client("download-client", unknown), {"life": "dying"})
	count(rule.undecided) == 0 with input as of(leaving)
}
