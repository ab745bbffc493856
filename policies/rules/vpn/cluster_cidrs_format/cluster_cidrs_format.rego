# METADATA
# title: Option cluster-cidrs lists networks, with commas and nothing else between them
# description: |
#   gluetun takes the option as it is and does not start when it cannot read it. A
#   space, which the settings of pod-gateway want and some of the records show, is
#   enough. A network with host bits set gets past gluetun, and then the clients
#   cannot lay a route to it: what is in it, their own DNS maybe, is out of reach.
#
#   Looked at: option cluster-cidrs of each VPN gateway, character by character. What
#   the networks cover is vpn/cluster-cidrs-cover-cluster; whether they hold public
#   addresses is vpn/cluster-cidrs-private.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/cluster-cidrs-format
#   level: error
#   adr: ["networking/adr-002#gateway-side-requirements", "interfaces/adr-007"]
#   needs:
#     - [juju.config@gateway]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju config -m {model} {name} cluster-cidrs=10.1.0.0/16,10.152.183.0/24,192.168.1.0/24
#   ways:
#     - id: unset
#       title: It is not set
#     - id: separator
#       title: Its networks are not separated by single commas
#     - id: network
#       title: It names what is no network
#   disputed: |
#     apps/adr-006 and lib/adr-002 show the option with spaces; networking/adr-002,
#     interfaces/adr-007 and the charm want commas. The rule wants commas.
package rules.vpn.cluster_cidrs_format

import data.lib.text
import data.lib.vpn

judged := [gateway | some gateway in vpn.gateways; gateway.networks_from == "option"]

violations contains {
	"subject": gateway.subject,
	"way": "unset",
	"message": sprintf(
		"VPN gateway %q in model %q has no cluster-cidrs: it stays blocked, and what goes through it has no way out.",
		[gateway.name, gateway.model],
	),
	"at": gateway.at,
	"state": gateway.options_state,
	"remediation": vpn.set_networks(gateway.model, gateway.name, gateway.suggested),
} if {
	some gateway in judged
	trim_space(gateway.networks.raw) == ""
}

violations contains {
	"subject": gateway.subject,
	"way": "separator",
	"message": sprintf(
		"VPN gateway %q in model %q has cluster-cidrs %q, %s: gluetun does not start, and what goes through it has no way out.",
		[gateway.name, gateway.model, gateway.networks.raw, flaw(gateway.networks.separator)],
	),
	"at": gateway.networks.at,
	"state": gateway.networks_state,
	"remediation": rewritten(gateway.id),
} if {
	some gateway in judged
	trim_space(gateway.networks.raw) != ""
	badly_separated(gateway.networks.separator, gateway.networks.empty)
}

badly_separated(separator, _) if separator in {"space", "mixed"}

badly_separated(_, empty) if empty > 0

flaw("space") := "with spaces instead of commas"

flaw("mixed") := "with spaces beside its commas"

flaw(separator) := "with a comma too many" if not separator in {"space", "mixed"}

violations contains {
	"subject": gateway.subject,
	"way": "network",
	"message": sprintf(
		"VPN gateway %q in model %q has cluster-cidrs in which %s: the gateway or its clients fail on it, and what it should name is out of reach.",
		[gateway.name, gateway.model, text.joined({sprintf("%s %s", [entry.text, entry.problem]) | some entry in wrong})],
	),
	"at": gateway.networks.at,
	"state": gateway.networks_state,
	"remediation": rewritten(gateway.id),
} if {
	some gateway in judged
	wrong := [entry | some entry in gateway.networks.entries; entry.problem != ""]
	wrong != []
}

# rewritten sets the networks that can be read, written as gluetun wants them.
rewritten(id) := [sprintf("juju config -m %s %s cluster-cidrs=%s%s", [gateway.model, gateway.name, concat(",", good), lost(count(gateway.networks.entries) - count(good))])] if {
	gateway := vpn.gateway_of[id]
	good := [entry.network | some entry in gateway.networks.entries; entry.valid]
	good != []
}

rewritten(id) := vpn.edited(gateway.model, gateway.name, "cluster-cidrs", "networks as 10.1.0.0/16, with commas between them") if {
	gateway := vpn.gateway_of[id]
	count([1 | some entry in gateway.networks.entries; entry.valid]) == 0
}

lost(0) := ""

lost(number) := "  # and what the unreadable entry should have been" if number > 0
