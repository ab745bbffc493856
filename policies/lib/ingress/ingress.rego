# METADATA
# title: Ingress gateways, and what is asked of them
# schemas:
#   - input: schema.stack
package lib.ingress

import data.lib.stack

# gateways are the ingress gateways that are to stay: applications, and Gateways
# that no application accounts for.
gateways contains {
	"subject": app.subject, "name": app.name, "namespace": app.namespace, "at": app.at, "state": app.state,
	"class": object.get(classes, app.name, ""), "message": app.message,
} if {
	some app in stack.ingress_gateways
	not app.life in {"dying", "dead"}
	app.scale != 0
}

gateways contains {
	"subject": gateway.subject, "name": gateway.name, "namespace": gateway.namespace, "at": gateway.at, "state": gateway.state,
	"class": gateway.profile_class, "message": "",
} if {
	some gateway in stack.ingress_objects
	not [gateway.namespace, gateway.name] in applications
}

applications contains [app.namespace, app.name] if some app in stack.ingress_gateways

# classes are the profile's classes of gateways, by their names.
classes := {name: expected.class |
	some expected in input.profile.gateways
	some name in expected.names
}

# asked are the applications that ask a gateway for a port and a path there. A
# gateway whose model was not read goes by the name that it has for the
# application, with the application's model.
asked[[door(attachment.gateway_model, app.model), attachment.gateway, attachment.port, attachment.path]] contains app.id if {
	some app in input.applications
	not app.life in {"dying", "dead"}
	some attachment in app.attachments
	attachment.via == "relation"
	attachment.port > 0
	attachment.path != ""
}

door("", model) := model

door(model, _) := model if model != ""

# contested is what several applications ask the same gateway for: its charm then
# makes no route for any of them.
contested := {key: ids | some key, ids in asked; count(ids) > 1}

# losers are the applications that lose their routes so.
losers := {id | some ids in contested; some id in ids}

# behind are the ids of the applications that a Service leads to: those whose pods
# it selects, or, where it was not read, the one of its name.
behind := {service: ids | some service, ids in led}

led[[service.namespace, service.name]] contains id if {
	some service in input.services
	some id in service.selects
}

led[[app.namespace, app.name]] contains app.id if some app in input.applications

# guarded are the applications that nothing but an ingress gateway may lead to.
guarded := {app.id | some app in input.applications; app.group in {"content", "download", "vpn", "support"}}

# open_declared are the gateways whose option lets in addresses of strangers, and
# settled those of which that is known, by option or by policy.
open_declared contains [app.namespace, app.name] if {
	some app in stack.ingress_gateways
	app.admits.strangers
}

settled contains [app.namespace, app.name] if {
	some app in stack.ingress_gateways
	app.admits.known == "yes"
}

settled contains [gateway.namespace, gateway.name] if {
	some gateway in gateways
	gateway.namespace in stack.read["kube.authorizationpolicies"]
}

# open_effective are the gateways that a policy opens to strangers, with its name and
# the place; where none lets anybody in, Istio lets in everyone.
open_effective := {gate: found | some gate, found in let_in}

let_in[[gateway.namespace, gateway.name]] contains [policy.name, rule.at] if {
	some gateway in gateways
	some policy in admitting
	policy.namespace == gateway.namespace
	some target in policy.targets
	[target.kind, target.name] == ["Gateway", gateway.name]
	some rule in policy.rules
	rule.strangers
	not rule.conditional
}

let_in[[gateway.namespace, gateway.name]] contains ["", gateway.at] if {
	some gateway in gateways
	some object in input.gateways
	[object.namespace, object.name] == [gateway.namespace, gateway.name]
	gateway.namespace in stack.read["kube.authorizationpolicies"]
	count([1 | some policy in admitting; policy.namespace == gateway.namespace; some target in policy.targets; target.name == gateway.name]) == 0
}

# opened are the gateways that let in strangers, with the state in which they do.
opened[gate] := "effective" if some gate, _ in open_effective

opened[gate] := stack.juju_state(app.declared_mesh.state, app.state) if {
	some app in stack.ingress_gateways
	gate := [app.namespace, app.name]
	gate in open_declared
	not open_effective[gate]
}

admitting := [policy | some policy in input.authorization_policies; policy.action == "ALLOW"]
