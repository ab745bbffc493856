# METADATA
# title: gluetun runs no DNS server of its own
# description: |
#   With dns-over-tls gluetun answers DNS on port 53 of every interface. pod-gateway's
#   dnsmasq needs that port on the clients' network: one of the two does not start, or
#   both by turns, and the clients' connections with them.
#
#   Looked at: option dns-over-tls of each VPN gateway, and the variables DNS_SERVER and
#   DOT in its option custom-overrides, which have the last word. Where the cluster's
#   DNS asks is vpn/dns-privacy.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/dns-over-tls-off
#   level: error
#   adr: ["apps/adr-006", "networking/adr-002#gateway-side-requirements"]
#   needs:
#     - [juju.config@gateway]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju config -m {model} {name} dns-over-tls=false
#   ways:
#     - id: option
#       title: Option dns-over-tls is on
#     - id: override
#       title: Option custom-overrides turns it on
#   disputed: |
#     apps/adr-006 and networking/adr-002 recommend dns-over-tls=true; the charm has
#     false for its default and warns that true does not work with pod-gateway. The
#     rule follows the charm.
package rules.vpn.dns_over_tls_off

import data.lib.vpn

# overridden is what custom-overrides says, DNS_SERVER before its older name.
overridden[gateway.id] := set[0] if {
	some gateway in vpn.gateways
	set := [fact | some key in ["DNS_SERVER", "DOT"]; some fact in gateway.overrides.values; fact.key == key]
}

violations contains {
	"subject": gateway.subject,
	"way": "option",
	"message": sprintf(
		"VPN gateway %q in model %q has dns-over-tls=true: gluetun and pod-gateway both want port 53, and its clients' connections break off.",
		[gateway.name, gateway.model],
	),
	"at": vpn.option_at[gateway.id]["dns-over-tls"],
	"state": gateway.options_state,
	"remediation": [sprintf("juju config -m %s %s dns-over-tls=false", [gateway.model, gateway.name])],
} if {
	some gateway in vpn.gateways
	lower(vpn.options[gateway.id]["dns-over-tls"]) == "true"
	not overridden[gateway.id]
}

violations contains {
	"subject": gateway.subject,
	"way": "override",
	"message": sprintf(
		"VPN gateway %q in model %q has %s=%s in custom-overrides: gluetun and pod-gateway both want port 53, and its clients' connections break off.",
		[gateway.name, gateway.model, fact.key, fact.value],
	),
	"at": fact.at,
	"state": gateway.options_state,
	"remediation": vpn.edited(gateway.model, gateway.name, "custom-overrides", sprintf("without %s", [fact.key])),
} if {
	some gateway in vpn.gateways
	fact := overridden[gateway.id]
	lower(fact.value) in {"on", "true", "yes", "enabled"}
}
