# METADATA
# title: A VPN gateway has what it needs to reach its provider
# description: |
#   Without provider, key or, for some providers, addresses and endpoint, the charm
#   stays blocked and never starts the tunnel. Clients that are related to it all the
#   same have no gateway; until it tells them something for the first time their charms
#   even take the kill switch away (vpn/client-waits-for-gateway).
#
#   Looked at: the options of each VPN gateway, as the charm checks them, and, where it
#   was seen who may read which secret, that the key's is granted to it. With
#   custom-overrides the charm checks nothing of this, and neither does the rule.
#   cluster-cidrs is vpn/cluster-cidrs-format. In a plan or bundle that is not deployed
#   a key may still be missing on purpose: Charmarr's Terraform sets it afterwards.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/gateway-configured
#   level: error
#   adr: ["apps/adr-006#provider-requirements-matrix"]
#   needs:
#     - [juju.config@gateway]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju config -m {model} {name} vpn-provider=protonvpn
#   ways:
#     - id: incomplete
#       title: It lacks options that it needs
#     - id: key-not-secret
#       title: Its key is not kept in a Juju secret
#     - id: key-not-granted
#       title: It may not read its key
#     - id: type
#       title: Its protocol is not WireGuard
package rules.vpn.gateway_configured

import data.lib.text
import data.lib.vpn

# judged are the gateways whose options the charm checks.
judged := [gateway | some gateway in vpn.gateways; gateway.options_known; not gateway.overrides.set]

# says gives an option of a gateway that says something, without the spaces around it
# and in lower case.
says(id, key) := value if {
	value := lower(trim_space(vpn.options[id][key]))
	value != ""
}

key_option := "wireguard-private-key-secret"

# lacking are the options that a gateway needs and does not have.
lacking[gateway.id] := keys if {
	some gateway in judged
	keys := [key |
		some key in array.concat(["vpn-provider", key_option], needed(gateway.id))
		not says(gateway.id, key)
	]
	keys != []
}

violations contains {
	"subject": gateway.subject,
	"way": "incomplete",
	"level": level(keys, gateway.options_state),
	"message": sprintf("VPN gateway %q in model %q has no %s: it stays blocked, and its clients have no gateway.", [gateway.name, gateway.model, text.joined(keys)]),
	"at": gateway.at,
	"state": gateway.options_state,
	"remediation": array.concat(
		[sprintf("juju config -m %s %s %s='…'  # %s", [gateway.model, gateway.name, key, hint[key]]) | some key in keys; hint[key]],
		[command | some key in keys; key == key_option; some command in new_key(gateway.model, gateway.name)],
	),
} if {
	some gateway in judged
	keys := lacking[gateway.id]
}

# What is only planned may get its key afterwards.
level(keys, "planned") := "warning" if keys == [key_option]

level(keys, "planned") := "error" if keys != [key_option]

level(_, state) := "error" if state != "planned"

violations contains {
	"subject": gateway.subject,
	"way": "key-not-secret",
	"message": sprintf("VPN gateway %q in model %q has a wireguard-private-key-secret that is no Juju secret (secret:…): it stays blocked, and if it is the key itself, everyone who may see the options sees it.", [gateway.name, gateway.model]),
	"at": vpn.option_at[gateway.id][key_option],
	"state": gateway.options_state,
	"remediation": new_key(gateway.model, gateway.name),
} if {
	some gateway in judged
	not startswith(says(gateway.id, key_option), "secret:")
}

violations contains {
	"subject": gateway.subject,
	"way": "key-not-granted",
	"message": sprintf("VPN gateway %q in model %q may not read the secret with its key, %s: it stays blocked, and its clients have no gateway.", [gateway.name, gateway.model, says(gateway.id, key_option)]),
	"at": vpn.option_at[gateway.id][key_option],
	"state": gateway.options_state,
	"remediation": [sprintf("juju grant-secret -m %s %s %s", [gateway.model, says(gateway.id, key_option), gateway.name])],
} if {
	some gateway in judged
	gateway.key_granted == "no"
}

new_key(model, name) := [
	sprintf("juju add-secret -m %s vpn-key private-key#file=./wireguard.key", [model]),
	sprintf("juju grant-secret -m %s vpn-key %s", [model, name]),
	sprintf("juju config -m %s %s wireguard-private-key-secret=secret:…  # with the id that add-secret printed", [model, name]),
]

violations contains {
	"subject": gateway.subject,
	"way": "type",
	"message": sprintf("VPN gateway %q in model %q has vpn-type=%s, and its charm takes wireguard only: it stays blocked, and its clients have no gateway.", [gateway.name, gateway.model, says(gateway.id, "vpn-type")]),
	"at": vpn.option_at[gateway.id]["vpn-type"],
	"state": gateway.options_state,
	"remediation": [sprintf("juju config -m %s %s --reset vpn-type", [gateway.model, gateway.name])],
} if {
	some gateway in judged
	says(gateway.id, "vpn-type") != "wireguard"
}

# needed are the options that the provider of a gateway wants besides.
default needed(_) := []

needed(id) := needs[says(id, "vpn-provider")]

needs := {
	"mullvad": ["wireguard-addresses"],
	"custom": ["vpn-endpoint-ip", "wireguard-addresses", "wireguard-public-key"],
}

hint := {
	"vpn-provider": "nordvpn, mullvad, protonvpn, pia, surfshark, ivpn, windscribe or custom",
	"wireguard-addresses": "Address in the provider's WireGuard file, as 10.64.222.21/32",
	"vpn-endpoint-ip": "Endpoint in the provider's WireGuard file, the address alone",
	"wireguard-public-key": "PublicKey of the server in the provider's WireGuard file",
}
