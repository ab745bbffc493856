# METADATA
# title: The administrators' gateway lets in no strangers
# description: |
#   Behind the gateway of class admin are the download clients' own pages, with no
#   more than a password before them. The record restricts it to administrators, or
#   to the home network. The gateway's charm lets everyone in unless it is told
#   otherwise.
#
#   Looked at: option external-traffic-policy-cidrs of each gateway that the profile
#   counts to class admin (0.0.0.0/0 by default), and the AuthorizationPolicies for
#   its Gateway: a range counts as open where it holds more public addresses than
#   one owner has. Other gateways and Tailscale's access rules are not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: ingress/admin-restricted
#   level: warning
#   adr: ["networking/adr-001#architecture-details"]
#   needs:
#     - [juju.applications@core, juju.config@core]
#     - [kube.gateways@core, kube.authorizationpolicies@core]
#   subjects: [application, gateway]
#   states: [planned, declared, effective]
#   remediation:
#     - juju config -m {model} {name} external-traffic-policy-cidrs=192.168.1.0/24
#   security: "6.5"
package rules.ingress.admin_restricted

import data.lib.ingress
import data.lib.stack
import data.lib.text

admins := [gateway | some gateway in ingress.gateways; gateway.class == "admin"]

violations contains {
	"subject": gateway.subject,
	"message": sprintf(
		"Gateway %q in namespace %q is for administrators and takes traffic from %s: the download clients' pages behind it stand open to whoever reaches its address.",
		[gateway.name, gateway.namespace, ranges(gateway.namespace, gateway.name)],
	),
	"at": at(gateway.namespace, gateway.name, gateway.at),
	"state": ingress.opened[[gateway.namespace, gateway.name]],
	"remediation": [sprintf("juju config -m %s %s external-traffic-policy-cidrs=192.168.1.0/24  # your own network; commas between several", [gateway.namespace, gateway.name])],
} if {
	some gateway in admins
	ingress.opened[[gateway.namespace, gateway.name]]
}

# said are the ranges that the option lists.
said[[app.namespace, app.name]] := app.admits.ranges if {
	some app in stack.ingress_gateways
	app.admits.strangers
}

ranges(namespace, name) := text.joined({r.value | some r in said[[namespace, name]]}) if said[[namespace, name]]

ranges(namespace, name) := "any address" if not said[[namespace, name]]

at(namespace, name, _) := said[[namespace, name]][0].at if said[[namespace, name]]

at(namespace, name, _) := [place | some [_, place] in ingress.open_effective[[namespace, name]]][0] if {
	not said[[namespace, name]]
}

undecided contains {
	"subject": gateway.subject,
	"missing": sprintf("juju.config@core: option external-traffic-policy-cidrs of gateway %q", [gateway.name]),
} if {
	some gateway in admins
	not [gateway.namespace, gateway.name] in ingress.settled
}
