package rules.kill_switch.egress_only_test

import data.lib.testing
import data.rules.kill_switch.egress_only as rule

client := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"egress": testing.egress({})})

of(fields) := testing.stack({"applications": [client], "network_policies": [testing.kill_switch(client, fields)]})

name := "qbittorrent-vpn-killswitch"

test_not_egress if {
	testing.hits(rule.violations) == {["not-egress", "networkpolicy", name, ""]} with input as of({"policy_types": ["Ingress"], "isolates": false})
}

test_ingress_as_well if {
	found := rule.violations with input as of({"policy_types": ["Ingress", "Egress"], "types_at": "types"})
	testing.hits(found) == {["ingress", "networkpolicy", name, "warning"]}
	some violation in found
	violation.at == "types"
}

test_silent_on_egress_alone_and_on_other_policies if {
	count(rule.violations) == 0 with input as of({})
	count(rule.violations) == 0 with input as of({"kill_switch_of": "", "policy_types": ["Ingress"], "isolates": false})
}
