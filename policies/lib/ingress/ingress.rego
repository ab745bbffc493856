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
	app.scale != 0
	not app.life in stack.leaving
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

# allowed are the classes of gateways that a role may be reached through.
allowed := {route.role: route.classes | some route in input.profile.routes}

# asked are the applications that ask a gateway for a port and a path there. A
# gateway whose model was not read goes by the name that it has for the
# application, with the application's model.
asked[[door(attachment.gateway_model, app.model), attachment.gateway, attachment.port, attachment.path]] contains app.id if {
	some app in input.applications
	some attachment in app.attachments
	attachment.via == "relation"
	attachment.port > 0
	attachment.path != ""
	not app.life in stack.leaving
}

door("", model) := model

door(model, _) := model if model != ""

# contested is what several applications ask the same gateway for: its charm then
# makes no route for any of them.
contested := {key: ids | some key, ids in asked; count(ids) > 1}

# losers are the applications that lose their routes so.
losers := {id | some ids in contested; some id in ids}

# behind are, by the Services that routes and Ingresses name, the ids of the
# applications that these lead to: those whose pods it selects, and the one of its
# name.
behind := {backend: ids | some backend, ids in led}

led[[service.namespace, service.name]] contains id if {
	some service in named
	some id in service.selects
}

# named are the Services among them that exist.
named := [service |
	some backend in backends
	some service in input.services
	service.name == backend.name
	service.namespace == backend.namespace
]

led[[backend.namespace, backend.name]] contains app.id if {
	some backend in backends
	some app in input.applications
	app.name == backend.name
	app.namespace == backend.namespace
}

backends contains {"namespace": backend.namespace, "name": backend.name} if {
	some route in input.routes
	some backend in route.backends
}

backends contains {"namespace": backend.namespace, "name": backend.name} if {
	some found in input.ingresses
	some backend in found.backends
}

# guarded are the applications that nothing but an ingress gateway may lead to.
guarded := {app.id | some app in guarded_applications}

guarded_applications := [app | some app in input.applications; app.group in {"content", "download", "vpn", "support"}]

# tailscale_told are the Services of which annotations tell Tailscale's operator
# whether to expose them, tailscale_exposed those of which one asks for that alone.
tailscale_exposed := [told | some told in tailscale_told; told.fact.key == "tailscale.com/expose"]

tailscale_told := [{"service": service, "fact": fact} |
	some service in input.services
	some fact in service.tailscale
]

# settled are the gateways of which it is known whether they let in addresses of
# strangers, by option or by policy.

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
	some policy in admitting
	some target in policy.targets
	target.kind == "Gateway"
	some gateway in gateways
	gateway.name == target.name
	gateway.namespace == policy.namespace
	some rule in policy.rules
	rule.strangers
	not rule.conditional
}

let_in[[gateway.namespace, gateway.name]] contains ["", gateway.at] if {
	some gateway in gateways
	gateway.namespace in stack.read["kube.authorizationpolicies"]
	some object in input.gateways
	object.name == gateway.name
	object.namespace == gateway.namespace
	count([1 | some policy in admitting; policy.namespace == gateway.namespace; some target in policy.targets; target.name == gateway.name]) == 0
}

# opened are the gateways that let in strangers, with the state in which they do.
opened[gate] := "effective" if some gate, _ in open_effective

opened[gate] := stack.juju_state(app.declared_mesh.state, app.state) if {
	some app in stack.ingress_gateways
	app.admits.strangers
	gate := [app.namespace, app.name]
	not open_effective[gate]
}

admitting := [policy | some policy in input.authorization_policies; policy.action == "ALLOW"]
