# METADATA
# title: Option custom-overrides leaves the gateway's firewall as it is
# description: |
#   The option sets variables of the gluetun container over everything that the charm
#   sets. Some of them open gluetun's firewall, which is what keeps traffic in the
#   tunnel while the VPN is down. With any of them set the charm checks none of its
#   other options any more.
#
#   Looked at: the option of each VPN gateway, as the JSON object that it has to be.
#   FIREWALL_OUTBOUND_SUBNETS counts as opening where it names more than cluster-cidrs.
#   That nobody sees credentials in it is security/no-credential-in-config; DOT and
#   DNS_SERVER are vpn/dns-over-tls-off.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/overrides-keep-firewall
#   level: error
#   adr: ["apps/adr-006", "networking/adr-004#decision-outcome"]
#   needs:
#     - [juju.config@gateway]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju config -m {model} {name} --reset custom-overrides
#   ways:
#     - id: opened
#       title: It opens the firewall
#     - id: not-an-object
#       title: It is no JSON object
#     - id: override-mode
#       title: It is set
#   security: "7.5"
package rules.vpn.overrides_keep_firewall

import data.lib.text
import data.lib.vpn

overriding := [gateway | some gateway in vpn.gateways; gateway.overrides.set]

off := {"off", "false", "no", "disabled"}

# opening says what in a gateway's overrides opens its firewall.
opening[gateway.id] contains sprintf("%s=%s turns it off", [fact.key, fact.value]) if {
	some gateway in overriding
	some fact in gateway.overrides.values
	fact.key in {"FIREWALL_ENABLED_DISABLING_IT_SHOOTS_YOU_IN_YOUR_FOOT", "FIREWALL", "VPN_BLOCK_OTHER_TRAFFIC"}
	lower(fact.value) in off
}

opening[gateway.id] contains sprintf("%s=%s lets everyone in on these ports", [fact.key, fact.value]) if {
	some gateway in overriding
	some fact in gateway.overrides.values
	fact.key == "FIREWALL_INPUT_PORTS"
	trim_space(fact.value) != ""
}

opening[gateway.id] contains sprintf("FIREWALL_OUTBOUND_SUBNETS lets traffic out to %s past the tunnel", [text.joined(gateway.overrides.widened)]) if {
	some gateway in overriding
	gateway.overrides.widened != []
}

violations contains {
	"subject": gateway.subject,
	"way": "opened",
	"message": sprintf(
		"custom-overrides of VPN gateway %q in model %q opens gluetun's firewall: %s. What goes through it may show this household's address.",
		[gateway.name, gateway.model, concat("; ", sort(what))],
	),
	"at": gateway.overrides.at,
	"state": gateway.options_state,
	"remediation": vpn.edited(gateway.model, gateway.name, "custom-overrides", "without what opens the firewall"),
} if {
	some gateway in overriding
	what := opening[gateway.id]
}

violations contains {
	"subject": gateway.subject,
	"way": "not-an-object",
	"message": sprintf(
		"custom-overrides of VPN gateway %q in model %q is no JSON object (%s): the gateway stays blocked, and its clients have no way out.",
		[gateway.name, gateway.model, gateway.overrides.problem],
	),
	"at": gateway.overrides.at,
	"state": gateway.options_state,
	"remediation": vpn.edited(gateway.model, gateway.name, "custom-overrides", "an object of variables: {\"LOG_LEVEL\": \"debug\"}"),
} if {
	some gateway in overriding
	gateway.overrides.problem != ""
}

violations contains {
	"subject": gateway.subject,
	"way": "override-mode",
	"level": "warning",
	"message": sprintf(
		"VPN gateway %q in model %q has custom-overrides (%s): its charm checks no other option any more, and a mistake shows only when the tunnel is down.",
		[gateway.name, gateway.model, concat(", ", [fact.key | some fact in gateway.overrides.values])],
	),
	"at": gateway.overrides.at,
	"state": gateway.options_state,
	"remediation": [sprintf("juju config -m %s %s --reset custom-overrides  # where the charm has an option for the same", [gateway.model, gateway.name])],
} if {
	some gateway in overriding
	gateway.overrides.problem == ""
	not opening[gateway.id]
}
