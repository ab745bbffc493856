# METADATA
# title: Each VPN gateway of a cluster has a VXLAN id of its own
# description: |
#   A client's traffic travels to its gateway in a VXLAN, which has a number. Two
#   gateways with one number have one overlay as far as the cluster's network can
#   tell: a client may end up behind the other exit, or lose its way.
#
#   Looked at: option vxlan-id of each gateway (42 where it is not set) and VXLAN_ID
#   in the settings of its pods, over every deployment that was read and that stands
#   in the same cluster, which is told by controller and cloud. Of those that share a
#   number all but the first are reported.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/vxlan-id-unique
#   level: error
#   adr: ["networking/adr-002#architecture", "apps/adr-006"]
#   needs:
#     - [juju.config@gateway]
#     - [kube.configmaps@gateway]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju config -m {model} {name} vxlan-id=43
#   ways:
#     - id: shared
#       title: Another gateway has its VXLAN id
#     - id: invalid
#       title: Its VXLAN id is none
#     - id: not-applied
#       title: Its pods have another VXLAN id than its option
package rules.vpn.vxlan_id_unique

import data.lib.text
import data.lib.vpn

violations contains {
	"subject": clash.holder.subject,
	"way": "shared",
	"message": sprintf(
		"VPN gateway %q in model %q has VXLAN id %s, and so %s: their clients share an overlay, and may leave by the wrong exit or by none.",
		[clash.holder.subject.name, clash.holder.subject.model, clash.value, others(clash.more, [sprintf("%q in model %q", [other.subject.name, other.subject.model]) | some other in clash.others])],
	),
	"at": clash.holder.at,
	"state": clash.holder.state,
	"evidence": array.concat(
		[{"fact": clash.holder.by, "at": clash.holder.at, "object": ""}],
		[{"fact": other.by, "at": other.at, "object": ""} | some other in clash.others],
	),
	"remediation": set_free(clash.holder.subject.model, clash.holder.subject.name),
} if {
	some clash in input.clashes
	clash.kind == "vxlan-id"
	not clash.first
}

others(0, [one]) := sprintf("has %s", [one])

others(0, names) := sprintf("have %s", [text.joined(names)]) if count(names) > 1

others(more, names) := sprintf("have %s and %d more", [concat(", ", names), more]) if more > 0

violations contains {
	"subject": gateway.subject,
	"way": "invalid",
	"message": sprintf(
		"VPN gateway %q in model %q has VXLAN id %q, want a number from 1 to 16777215: its charm fails, and no client gets through.",
		[gateway.name, gateway.model, number.value],
	),
	"at": number.at,
	"state": number.state,
	"evidence": [{"fact": number.by, "at": number.at, "object": ""}],
	"remediation": set_free(gateway.model, gateway.name),
} if {
	some gateway in vpn.gateways
	some number in gateway.vxlan
	not number.valid
}

violations contains {
	"subject": gateway.subject,
	"way": "not-applied",
	"level": "warning",
	"message": sprintf(
		"VPN gateway %q in model %q is set to VXLAN id %s, and its pods have %s: once its charm applies the option, clients lose their gateway until they are told.",
		[gateway.name, gateway.model, gateway.vxlan[0].value, said(gateway.settings.vxlan_id)],
	),
	"at": gateway.settings.at,
	"state": "effective",
	"evidence": [
		{"fact": gateway.vxlan[0].by, "at": gateway.vxlan[0].at, "object": ""},
		{"fact": sprintf("VXLAN_ID in ConfigMap %s/%s", [gateway.settings.namespace, gateway.settings.name]), "at": gateway.settings.at, "object": ""},
	],
	"remediation": array.concat(
		[vpn.reconcile(gateway.model, gateway.name)],
		[vpn.reconcile(client.model, client.name) | some client in vpn.clients; gateway.id in client.gateways],
	),
} if {
	some gateway in vpn.gateways
	gateway.settings.known
	gateway.vxlan[0].state == "declared"
	gateway.settings.vxlan_id != gateway.vxlan[0].value
}

said("") := "none"

said(number) := number if number != ""

undecided contains {
	"subject": gateway.subject,
	"missing": sprintf("juju.config: the VXLAN id of %q", [gateway.name]),
} if {
	some gateway in vpn.gateways
	gateway.vxlan == []
}

# used are the numbers that this deployment and those it clashes with have.
used := {number.value | some gateway in input.vpn_gateways; some number in gateway.vxlan} | {clash.value | some clash in input.clashes}

free := min({number | some number in numbers.range(43, 43 + count(used)); not sprintf("%d", [number]) in used})

set_free(model, name) := [sprintf("juju config -m %s %s vxlan-id=%d  # or any other number that no gateway of the cluster has", [model, name, free])]
