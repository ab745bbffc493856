# METADATA
# title: An application is reached through one gateway, asked for once
# description: |
#   Who may use an application is decided at its gateway. One that is behind two has
#   the circles of both, and whoever tightens one of them leaves the other open.
#   Asked for by both endpoints (istio-ingress-route and ingress), the same gateway
#   serves it under two paths, and its charm publishes two addresses of which
#   clients keep either.
#
#   Looked at: the gateways an application is attached to, by its relations and by
#   HTTPRoutes that lead to its Service. A gateway of a class that its role may not
#   use is told of by ingress/app-on-its-gateway and does not count here. Each
#   endpoint takes one relation, which Juju itself enforces.
# schemas:
#   - input: schema.stack
# custom:
#   id: ingress/one-gateway-per-app
#   level: warning
#   adr: ["networking/adr-001#architecture-details"]
#   needs:
#     - [juju.applications@core, juju.relations@core, juju.applications@downloads, juju.relations@downloads]
#     - [kube.workloads@core, kube.routes@core, kube.workloads@downloads, kube.routes@downloads]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-relation -m {model} {name}:ingress arr-gateway
#   ways:
#     - id: several-gateways
#       title: It is reached through several gateways
#     - id: both-endpoints
#       title: It asks one gateway by both endpoints
package rules.ingress.one_gateway_per_app

import data.lib.ingress
import data.lib.stack
import data.lib.text

# doors are the gateways of an application that another rule does not object to.
doors[app.id] contains [attachment.gateway_model, attachment.gateway] if {
	some app in input.applications
	app.attachments[1] # with one alone it has one gateway
	some attachment in app.attachments
	attachment.gateway_model != ""
	fits(app.role, attachment.class)
}

fits(role, class) if class in ingress.allowed[role]

fits(role, _) if not ingress.allowed[role]

fits(role, "") if role != "download-client"

violations contains {
	"subject": app.subject,
	"way": "several-gateways",
	"message": sprintf(
		"%q in model %q is reached through %s: whoever may use any of them reaches it, and one that is tightened leaves the others open.",
		[app.name, app.model, text.listed([name | some [_, name] in found])],
	),
	"at": shown[0].at,
	"state": shown[0].state,
	"evidence": [{"fact": sprintf("%s %s", [a.via, a.name]), "at": a.at, "object": ""} | some a in shown],
	"remediation": array.concat(
		[sprintf("juju remove-relation -m %s %s:%s %s  # the one that is not meant", [app.model, app.name, relation.requirer.endpoint, remote(relation.provider.saas, relation.provider.application)]) |
			some relation in input.relations
			relation.requirer.id == id
			relation.name in {a.name | some a in shown; a.via == "relation"}
		],
		[sprintf("kubectl -n %s delete httproutes.gateway.networking.k8s.io %s  # the one that is not meant, where no relation makes it", [app.namespace, a.name]) |
			some a in shown
			a.via == "httproute"
			count([b | some b in shown; b.via == "relation"; b.gateway == a.gateway]) == 0
		],
	),
} if {
	some id, found in doors
	count(found) > 1
	app := stack.application[id]
	shown := [a | some a in app.attachments; [a.gateway_model, a.gateway] in found]
}

violations contains {
	"subject": app.subject,
	"way": "both-endpoints",
	"message": sprintf(
		"%q in model %q asks gateway %q by both endpoints, %s: it is served under %s, and its clients keep either address.",
		[app.name, app.model, door[1], text.listed(endpoints), text.joined([served(a.path) | some a in asked])],
	),
	"at": asked[0].at,
	"state": asked[0].state,
	"evidence": [{"fact": sprintf("relation %s", [a.name]), "at": a.at, "object": ""} | some a in asked],
	"remediation": [sprintf("juju remove-relation -m %s %s:ingress %s", [app.model, app.name, remote(relation.provider.saas, relation.provider.application)]) |
		some relation in input.relations
		relation.requirer.id == id
		relation.requirer.endpoint == "ingress"
	],
} if {
	some id, found in doors
	app := stack.application[id]
	related := [a | some a in app.attachments; a.via == "relation"]
	count(related) > 1
	some door in found
	asked := [a | some a in related; [a.gateway_model, a.gateway] == door]
	endpoints := {a.endpoint | some a in asked}
	count(endpoints) > 1
}

served("") := "a path that is not known"

served(path) := sprintf("path %s", [path]) if path != ""

remote("", application) := application

remote(saas, _) := saas if saas != ""

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.applications: which gateways are behind %s, through which %q is reached", [text.listed(names), app.name]),
} if {
	some app in input.applications
	some unresolved in app.attachments
	unresolved.gateway_model == ""
	names := {a.gateway | some a in app.attachments; a.via == "relation"; a.gateway_model == ""}
	others := {a.gateway | some a in app.attachments; a.via == "relation"; a.gateway_model != ""}
	count(names) > 0
	count(names) + count(others) > 1
}
