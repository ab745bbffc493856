# METADATA
# title: No password, key or account stands in an option
# description: |
#   Options are shown by juju config to everyone who may read the model, they are in
#   every exported bundle, and in the state of Terraform. A credential belongs in a Juju
#   secret.
#
#   Looked at: the options of Charmarr's applications, and in them every entry of JSON:
#   what bears a name such as OPENVPN_PASSWORD, names an account (…_USER), or has the
#   form of a key or token. It is replaced when it is read, and never shown. The key of
#   a VPN gateway is told of by vpn/gateway-configured.
# schemas:
#   - input: schema.stack
# custom:
#   id: security/no-credential-in-config
#   level: warning
#   adr: ["interfaces/adr-002", "apps/adr-006", "apps/adr-009"]
#   needs:
#     - [juju.applications, juju.config]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju config -m {model} {name} --reset OPTION
#   ways:
#     - id: credential
#       title: An option holds a credential
#     - id: claim-token
#       title: Plex's claim token was left in its option
#   disputed: |
#     The charm of the VPN gateway takes the account of an OpenVPN provider in
#     custom-overrides and nowhere else. The rule says what follows from it all the same;
#     WireGuard needs no account, and has its key in a secret.
#   security: "5.5"
package rules.security.no_credential_in_config

import data.lib.stack
import data.lib.text

held[app.id] contains credential if {
	some app in input.applications
	some credential in app.credentials
	app.role != ""
	not app.life in stack.leaving
	credential.option != "wireguard-private-key-secret"
}

violations contains {
	"subject": app.subject,
	"way": "credential",
	"message": sprintf("Option %s of %q in model %q holds a credential in the open%s: whoever may read the model, a bundle or Terraform's state reads it.", [option, app.name, app.model, under(keys)]),
	"at": [credential.at | some credential in held[id]; credential.option == option][0],
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"remediation": instead(app.role, option, app.model, app.name),
} if {
	some id, credentials in held
	app := stack.application[id]
	some option in {credential.option | some credential in credentials}
	option != "claim-token"
	keys := {credential.key | some credential in credentials; credential.option == option; credential.key != ""}
}

under(keys) := "" if count(keys) == 0

under(keys) := sprintf(" (%s)", [text.joined(keys)]) if count(keys) > 0

instead("vpn-gateway", "custom-overrides", model, name) := [
	sprintf("juju add-secret -m %s vpn-key private-key#file=./wireguard.key  # a WireGuard key of the same provider", [model]),
	sprintf("juju grant-secret -m %s vpn-key %s", [model, name]),
	sprintf("juju config -m %s %s custom-overrides='' wireguard-private-key-secret=secret:…  # with the id that add-secret printed", [model, name]),
]

instead(role, option, model, name) := [sprintf("juju config -m %s %s --reset %s  # and change the credential: it has been seen", [model, name, option])] if {
	not [role, option] == ["vpn-gateway", "custom-overrides"]
}

violations contains {
	"subject": app.subject,
	"way": "claim-token",
	"level": "note",
	"message": sprintf("Option claim-token of %q in model %q still holds the token that Plex was claimed with: it is void after four minutes, and has no use any more.", [app.name, app.model]),
	"at": credential.at,
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"remediation": [sprintf("juju config -m %s %s --reset claim-token", [app.model, app.name])],
} if {
	some id, credentials in held
	app := stack.application[id]
	some credential in credentials
	credential.option == "claim-token"
}
