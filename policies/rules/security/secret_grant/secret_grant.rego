# METADATA
# title: Nobody but the VPN gateway may read its key
# description: |
#   The secret with the WireGuard key is the household's account at the VPN provider.
#   Whoever may read it can use the tunnel, and be taken for the household there. It is
#   granted to the gateway and to nobody else.
#
#   Looked at: who may read the secret that option wireguard-private-key-secret of each
#   VPN gateway names, as juju show-secret says it. What it holds is never read. That the
#   gateway itself may read it is for vpn/gateway-configured.
# schemas:
#   - input: schema.stack
# custom:
#   id: security/secret-grant
#   level: warning
#   adr: ["apps/adr-006", "interfaces/adr-002"]
#   needs:
#     - [juju.config@gateway, juju.secrets@gateway]
#   subjects: [application]
#   states: [declared]
#   remediation:
#     - juju show-secret -m {model} ID
#   security: "5.0"
package rules.security.secret_grant

import data.lib.text

# users are the gateways that have a secret for their key.
users[secret.id] contains use.application if {
	some secret in input.secrets
	some use in secret.uses
	use.option == "wireguard-private-key-secret"
	use.role == "vpn-gateway"
}

violations contains {
	"subject": app.subject,
	"message": sprintf("Secret %s, which holds the key of VPN gateway %q in model %q, may be read by %s as well: whoever breaks into one has the household's VPN account.", [called(secret.label, secret.id), app.name, app.model, text.listed(strangers)]),
	"at": secret.at,
	"state": "declared",
	"evidence": [{"fact": sprintf("option %s of %s names the secret", [use.option, use.application]), "at": use.at, "object": ""}],
	"remediation": [sprintf("juju revoke-secret -m %s %s %s", [app.model, secret.id, concat(",", sort(strangers))])],
} if {
	some secret in input.secrets
	secret.readers_known
	strangers := {reader | some reader in secret.readers} - users[secret.id]
	count(strangers) > 0
	some use in secret.uses
	use.option == "wireguard-private-key-secret"
	some app in input.applications
	app.id == use.id
}

called("", id) := id

called(label, id) := sprintf("%q (%s)", [label, id]) if label != ""
