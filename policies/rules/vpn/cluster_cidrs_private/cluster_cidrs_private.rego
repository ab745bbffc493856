# METADATA
# title: No public address is kept out of the tunnel
# description: |
#   cluster-cidrs is the list of what does not go through the VPN: clients get a
#   direct route to it, the gateway's firewall lets it out, and the kill switch allows
#   it. One public network in it, and traffic to there shows this household's address;
#   with 0.0.0.0/0 all of it does.
#
#   Looked at: each network of option cluster-cidrs, or of what the gateway told its
#   clients, or of the clients' settings, the first that was read, against IANA's
#   registries of addresses that are not of the public Internet. A whole block such
#   as 10.0.0.0/8 is a note: it is private, and more than a cluster. The policies that
#   were made of the list are kill-switch/no-public-egress.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/cluster-cidrs-private
#   level: error
#   adr: ["networking/adr-004#networkpolicy-specification", "networking/adr-003#client-side-requirements"]
#   needs:
#     - [juju.config@gateway]
#     - [juju.units@downloads]
#     - [kube.configmaps@downloads]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju config -m {model} {name} cluster-cidrs=10.1.0.0/16,10.152.183.0/24,192.168.1.0/24
#   ways:
#     - id: everything
#       title: Every address is kept out of the tunnel
#     - id: public
#       title: Public addresses are kept out of the tunnel
#     - id: whole-block
#       title: A whole block of private addresses is kept out of the tunnel
#   security: "8.6"
package rules.vpn.cluster_cidrs_private

import data.lib.text
import data.lib.vpn

# way sorts an entry by how much of the Internet it lets past the tunnel.
way(true, _, _) := "everything"

way(false, public, _) := "public" if public in {"all", "some"}

way(false, "none", block) := "whole-block" if block != ""

# wrong are the entries of a gateway's list by way.
wrong[gateway.id][kind] contains {"network": entry.network, "public": entry.public_address} if {
	some gateway in vpn.gateways
	some entry in gateway.networks.entries
	kind := way(entry.default_route, entry.public, entry.whole_block)
}

violations contains {
	"subject": gateway.subject,
	"way": kind,
	"level": level(kind),
	"message": sprintf(
		"VPN gateway %q in model %q keeps %s out of the tunnel: %s.",
		[gateway.name, gateway.model, text.joined({entry.network | some entry in entries}), consequence(kind, text.joined({entry.public | some entry in entries; entry.public != ""}))],
	),
	"at": gateway.networks.at,
	"state": gateway.networks_state,
	"evidence": [{"fact": sprintf("%s: %s", [gateway.networks_by, gateway.networks.raw]), "at": gateway.networks.at, "object": ""}],
	"remediation": vpn.set_networks(gateway.model, gateway.name, gateway.suggested),
} if {
	some id, ways in wrong
	gateway := vpn.gateway_of[id]
	some kind, entries in ways
}

level("whole-block") := "note"

level(kind) := "error" if kind != "whole-block"

consequence("everything", _) := "nothing goes through it, the kill switch forbids nothing, and every peer sees this household's address"

consequence("public", address) := sprintf("what goes to public addresses there, such as %s, shows this household's address, and the kill switch allows it", [address])

consequence("whole-block", _) := "that is more than a cluster, so clients also reach what else of this household's network is numbered from it"

undecided contains {
	"subject": gateway.subject,
	"missing": sprintf("juju.config: the networks that %q keeps out of the tunnel", [gateway.name]),
} if {
	some gateway in vpn.gateways
	gateway.networks_from == ""
}
