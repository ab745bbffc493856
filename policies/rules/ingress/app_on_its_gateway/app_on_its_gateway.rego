# METADATA
# title: An application is reached only through a gateway of its class
# description: |
#   A gateway decides who gets to see what is behind it. A download client behind
#   the family's gateway has its administration pages open to the family, and a
#   media server behind the administrators' gateway is out of the viewers' reach.
#
#   Looked at: the gateways an application is attached to, by its relations
#   (istio-ingress-route, ingress) and by HTTPRoutes that lead to its Service,
#   against the classes that the profile allows for its role. A service of the
#   core on a gateway of no class is left alone; a download client there is a
#   warning, because nothing says who may use that gateway. Paths and ports are
#   not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: ingress/app-on-its-gateway
#   level: error
#   levels: {single-model: note}
#   adr: ["networking/adr-001#architecture-details", "networking/adr-006#model-1"]
#   needs:
#     - [juju.applications, juju.relations]
#     - [kube.workloads@core, kube.routes@core, kube.workloads@downloads, kube.routes@downloads]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-relation -m {model} {name}:istio-ingress-route arr-gateway
#     - juju integrate -m {model} {name}:istio-ingress-route admin-gateway
#   ways:
#     - id: download-client-exposed
#       title: A download client is reached through a gateway for other people
#     - id: download-client-unclassed
#       title: A download client is reached through a gateway of no class
#     - id: other-class
#       title: A service of the core is reached through a gateway of another class
#   security: "6.5"
#   disputed: |
#     The record puts download clients on the administrators' gateway; Charmarr's
#     own Terraform and documentation put them on arr-ingress and deploy no
#     gateway for administrators. The rule is an error under `adr-006`;
#     `single-model` allows both classes and makes its findings notes. The record
#     also puts Overseerr on arr-gateway, where its path collides with others': the
#     rule judges the class only.
package rules.ingress.app_on_its_gateway

import data.lib.ingress
import data.lib.stack
import data.lib.text

attached := [app | some app in input.applications; app.attachments[0]]

# wrong are the attachments to a class that the role may not use.
wrong := {app.id: others |
	some app in attached
	classes := ingress.allowed[app.role]
	others := [attachment |
		some attachment in app.attachments
		attachment.class != ""
		not attachment.class in classes
	]
	others != []
}

# shown is the attachment that a finding points at: an effective one, if any.
shown[id] := [attachment | some attachment in attachments; attachment.state == "effective"][0] if {
	some id, attachments in wrong
}

shown[id] := attachments[0] if {
	some id, attachments in wrong
	count([1 | some attachment in attachments; attachment.state == "effective"]) == 0
}

violations contains {
	"subject": app.subject,
	"way": "download-client-exposed",
	"message": sprintf(
		"Download client %q is reached through %s, and may be reached through class %s only: everyone who may use that gateway reaches its administration pages.",
		[app.name, text.joined(doors[id]), concat(" or ", ingress.allowed[app.role])],
	),
	"at": shown[id].at,
	"state": shown[id].state,
	"evidence": evidence[id],
	"remediation": array.concat([command | some command in removals[id]], move[id]),
} if {
	some id, attachments in wrong
	app := stack.application[id]
	app.role == "download-client"
}

violations contains {
	"subject": app.subject,
	"way": "other-class",
	"level": "warning",
	"message": sprintf(
		"%q (%s) is reached through %s, and belongs behind class %s: other people get to see it than the profile means.",
		[app.name, app.role, text.joined(doors[id]), concat(" or ", ingress.allowed[app.role])],
	),
	"at": shown[id].at,
	"state": shown[id].state,
	"evidence": evidence[id],
	"remediation": array.concat([command | some command in removals[id]], move[id]),
} if {
	some id, attachments in wrong
	app := stack.application[id]
	app.role != "download-client"
}

violations contains {
	"subject": app.subject,
	"way": "download-client-unclassed",
	"level": "warning",
	"message": sprintf(
		"Download client %q is reached through %s, which profile %q gives no class: nothing says who may use that gateway.",
		[app.name, text.listed([attachment.gateway | some attachment in unclassed]), input.profile.name],
	),
	"at": unclassed[0].at,
	"state": unclassed[0].state,
	"evidence": [{"fact": sprintf("%s %s", [attachment.via, attachment.name]), "at": attachment.at, "object": ""} |
		some attachment in unclassed
	],
	"remediation": array.concat(
		[command |
			some attachment in unclassed
			attachment.via == "relation"
			some relation in input.relations
			relation.name == attachment.name
			relation.requirer.id == app.id
			command := sprintf("juju remove-relation -m %s %s:%s %s", [app.model, app.name, relation.requirer.endpoint, remote(relation.provider.saas, relation.provider.application)])
		],
		commands(app.model, app.name, right[app.role]),
	),
} if {
	some app in stack.download_clients
	ingress.allowed[app.role]
	unclassed := [attachment |
		some attachment in app.attachments
		attachment.class == ""
		attachment.gateway_model != ""
	]
	unclassed != []
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.applications: which gateway is behind %q, through which %q is reached", [attachment.gateway, app.name]),
} if {
	some app in attached
	ingress.allowed[app.role]
	some attachment in app.attachments
	attachment.class == ""
	attachment.gateway_model == ""
}

doors[id] contains sprintf("%q (class %s)", [attachment.gateway, attachment.class]) if {
	some id, attachments in wrong
	some attachment in attachments
}

evidence[id] := [{"fact": sprintf("%s %s", [attachment.via, attachment.name]), "at": attachment.at, "object": ""} |
	some attachment in attachments
] if {
	some id, attachments in wrong
}

# removals undo what attaches it now.
removals[id] contains sprintf("juju remove-relation -m %s %s:%s %s", [
	app.model, app.name, relation.requirer.endpoint,
	remote(relation.provider.saas, relation.provider.application),
]) if {
	some id, attachments in wrong
	app := stack.application[id]
	some attachment in attachments
	attachment.via == "relation"
	some relation in input.relations
	relation.name == attachment.name
	relation.requirer.id == id
}

removals[id] contains sprintf("kubectl -n %s delete httproutes.gateway.networking.k8s.io %s  # where no relation makes it", [app.namespace, attachment.name]) if {
	some id, attachments in wrong
	app := stack.application[id]
	some attachment in attachments
	attachment.via == "httproute"
	count([1 | some a in attachments; a.via == "relation"; a.gateway == attachment.gateway]) == 0
}

remote("", application) := application

remote(saas, _) := saas if saas != ""

# right names a gateway for a role: one that exists, or else the profile's first.
right[role] := array.concat(existing, array.concat(names, ["admin-gateway"]))[0] if {
	some role, classes in ingress.allowed
	names := [name |
		some class in classes
		some gateway in input.profile.gateways
		gateway.class == class
		some name in gateway.names
	]
	existing := [name | some name in names; name in deployed]
}

deployed := {app.name | some app in stack.ingress_gateways} | {gateway.name | some gateway in stack.ingress_objects}

move[id] := commands(app.model, app.name, right[app.role]) if {
	some id, _ in wrong
	app := stack.application[id]
	not id in attached_well
}

move[id] := [] if {
	some id, _ in wrong
	id in attached_well
}

# attached_well are those that a gateway of an allowed class leads to already.
attached_well contains app.id if {
	some app in attached
	some attachment in app.attachments
	attachment.class in ingress.allowed[app.role]
}

commands(model, name, gateway) := array.concat(
	first(gateway),
	[sprintf("juju integrate -m %s %s:istio-ingress-route %s:istio-ingress-route", [model, name, gateway])],
) if {
	model == stack.core_model
}

commands(model, name, gateway) := array.concat(first(gateway), [
	sprintf("juju offer %s.%s:istio-ingress-route", [stack.core_model, gateway]),
	sprintf("juju consume -m %s %s.%s", [model, stack.path(stack.core_model), gateway]),
	sprintf("juju integrate -m %s %s:istio-ingress-route %s:istio-ingress-route", [model, name, gateway]),
]) if {
	model != stack.core_model
}

# first makes the gateway where there is none yet.
first(gateway) := [] if gateway in deployed

first(gateway) := array.concat(
	stack.core_first,
	[sprintf("juju deploy -m %s istio-ingress-k8s %s --trust", [stack.core_model, gateway])],
) if {
	not gateway in deployed
}
