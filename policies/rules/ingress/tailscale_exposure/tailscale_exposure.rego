# METADATA
# title: Tailscale exposes ingress gateways alone, and not the administrators'
# description: |
#   Whoever is in the tailnet reaches what Tailscale exposes. The records let it
#   expose the gateways, which keep their circles of users apart; an application
#   exposed by itself has neither gateway nor mesh before it. The administrators'
#   gateway stays on the home network, and Funnel, which opens a Service to the whole
#   Internet, has no place here.
#
#   Looked at: annotations tailscale.com/expose and tailscale.com/funnel, load
#   balancer class tailscale and Ingresses of class tailscale, on what leads to
#   Charmarr's applications and gateways; and whether a Tailscale connector is
#   related to the administrators' gateway. Tailscale's own access rules are not
#   looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: ingress/tailscale-exposure
#   level: error
#   admission: deny
#   adr: ["networking/adr-001#decision-outcome", "apps/adr-011"]
#   needs:
#     - [kube.services, "kube.ingresses?"]
#   subjects: [application, gateway, ingress, service]
#   states: [planned, declared, effective]
#   remediation:
#     - kubectl -n {namespace} annotate service {name} tailscale.com/expose-
#   ways:
#     - id: funnel
#       title: Funnel opens it to the Internet
#     - id: admin-gateway
#       title: Tailscale exposes the administrators' gateway
#     - id: application
#       title: Tailscale exposes an application past its gateway
#     - id: unclassed-gateway
#       title: Tailscale exposes a gateway of no class
#   security: "7.5"
#   disputed: |
#     apps/adr-011 has the connector annotate Services that bear the gateway's name;
#     the Service that Istio makes is called GATEWAY-istio, and no connector charm
#     exists yet. What counts here is GATEWAY-istio, whoever annotates it.
package rules.ingress.tailscale_exposure

import data.lib.ingress
import data.lib.stack
import data.lib.text

# exposing are the Services that Tailscale's operator exposes, with what says so.
exposing[[service.namespace, service.name]] contains [fact.key, fact.value, fact.at] if {
	some service in input.services
	some fact in service.annotations
	fact.key in {"tailscale.com/expose", "tailscale.com/funnel"}
	lower(fact.value) == "true"
}

exposing[[service.namespace, service.name]] contains ["loadBalancerClass", "tailscale", service.at] if {
	some service in input.services
	service.balancer_class == "tailscale"
}

funnelled contains key if {
	some key, facts in exposing
	some ["tailscale.com/funnel", _, _] in facts
}

# of are the gateways by their Services.
of[[gateway.namespace, sprintf("%s-istio", [gateway.name])]] := gateway if some gateway in ingress.gateways

violations contains {
	"subject": service.subject,
	"way": "funnel",
	"message": sprintf(
		"Tailscale's Funnel opens Service %q in namespace %q to the whole Internet: whoever finds the name reaches %s.",
		[service.name, service.namespace, behind(led, service.name)],
	),
	"at": shown(service.namespace, service.name).at,
	"state": service.state,
	"remediation": undo(service.namespace, service.name),
} if {
	some service in input.services
	[service.namespace, service.name] in funnelled
	led := leads(service.selects)
	count(led) + count([1 | of[[service.namespace, service.name]]]) > 0
}

behind(led, _) := text.listed(led) if count(led) > 0

behind(led, name) := sprintf("what is behind %s", [trim_suffix(name, "-istio")]) if count(led) == 0

leads(ids) := {stack.application[id].name | some id in ids; id in ingress.guarded}

shown(namespace, name) := [{"key": key, "value": value, "at": at} | some [key, value, at] in exposing[[namespace, name]]][0]

undo(namespace, name) := [sprintf("kubectl -n %s annotate service %s %s-", [namespace, name, key]) |
	some [key, _, _] in exposing[[namespace, name]]
	key != "loadBalancerClass"
] if {
	count([1 | some ["loadBalancerClass", _, _] in exposing[[namespace, name]]]) == 0
}

# The class of a load balancer cannot be changed.
undo(namespace, name) := [sprintf("kubectl -n %s delete service %s", [namespace, name])] if {
	count([1 | some ["loadBalancerClass", _, _] in exposing[[namespace, name]]]) > 0
}

violations contains {
	"subject": service.subject,
	"way": "application",
	"level": grave[dangerous],
	"message": sprintf(
		"Tailscale exposes Service %q in namespace %q (%s=%s), and with it %s, past the ingress gateways: everyone in the tailnet reaches it, whatever the gateways allow.",
		[service.name, service.namespace, shown(service.namespace, service.name).key, shown(service.namespace, service.name).value, text.listed(led)],
	),
	"at": shown(service.namespace, service.name).at,
	"state": service.state,
	"remediation": undo(service.namespace, service.name),
} if {
	some service in input.services
	exposing[[service.namespace, service.name]]
	not [service.namespace, service.name] in funnelled
	led := leads(service.selects)
	count(led) > 0
	dangerous := count({id | some id in service.selects; id in private}) > 0
}

# private are the applications that only administrators may reach, or nobody.
private := {app.id | some app in input.applications; app.group in {"download", "vpn"}}

grave := {true: "error", false: "warning"}

violations contains {
	"subject": gateway.subject,
	"way": "admin-gateway",
	"message": sprintf(
		"Tailscale exposes gateway %q, which is for administrators (%s=%s on Service %s): it is to stay on the home network, and now every device that Tailscale's rules let through reaches the download clients' pages.",
		[gateway.name, shown(key[0], key[1]).key, shown(key[0], key[1]).value, key[1]],
	),
	"at": shown(key[0], key[1]).at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s=%s", [fact, value]), "at": at, "object": sprintf("Service %s/%s", key)} | some [fact, value, at] in exposing[key]],
	"remediation": array.concat(
		[sprintf("juju remove-relation -m %s %s:gateway-metadata %s  # else the connector writes it again", [gateway.namespace, gateway.name, connector.peer]) | some connector in connectors; connector.key == [gateway.namespace, gateway.name]],
		undo(key[0], key[1]),
	),
} if {
	some key, gateway in of
	gateway.class == "admin"
	exposing[key]
	not key in funnelled
}

# connectors are the relations of gateways to a Tailscale connector.
connectors contains {"key": [gateway.model, gateway.application], "peer": name(connector.saas, connector.application), "at": relation.at, "state": relation.state, "name": relation.name} if {
	some relation in input.relations
	some [gateway, connector] in [[relation.provider, relation.requirer], [relation.requirer, relation.provider]]
	connector.role == "tailscale"
	gateway.role == "ingress-gateway"
}

name("", application) := application

name(saas, _) := saas if saas != ""

# What Juju declares, where Kubernetes does not show it yet.
violations contains {
	"subject": gateway.subject,
	"way": "admin-gateway",
	"message": sprintf(
		"Gateway %q, which is for administrators, is related to Tailscale connector %q (%s), which exposes it to the tailnet: it is to stay on the home network.",
		[gateway.name, connector.peer, connector.name],
	),
	"at": connector.at,
	"state": connector.state,
	"remediation": [sprintf("juju remove-relation -m %s %s:gateway-metadata %s", [gateway.namespace, gateway.name, connector.peer])],
} if {
	some gateway in ingress.gateways
	gateway.class == "admin"
	some connector in connectors
	connector.key == [gateway.namespace, gateway.name]
	not exposing[[gateway.namespace, sprintf("%s-istio", [gateway.name])]]
}

violations contains {
	"subject": gateway.subject,
	"way": "unclassed-gateway",
	"level": "warning",
	"message": sprintf(
		"Tailscale exposes gateway %q in namespace %q, to which profile %q gives no class: nothing says who may use it.",
		[gateway.name, gateway.namespace, input.profile.name],
	),
	"at": shown(key[0], key[1]).at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s=%s", [fact, value]), "at": at, "object": sprintf("Service %s/%s", key)} | some [fact, value, at] in exposing[key]],
	"remediation": array.concat(undo(key[0], key[1]), ["charmarr-lint rules ingress/gateway-only-in-core  # or name the gateway under gateways in the profile"]),
} if {
	some key, gateway in of
	gateway.class == ""
	exposing[key]
	not key in funnelled
}

# Tailscale's Ingress leads to an application as a Service does.
violations contains {
	"subject": found.subject,
	"way": ways[funnel],
	"level": grave[true in {funnel, dangerous}],
	"message": sprintf(
		"Ingress %q in namespace %q is of class tailscale%s and leads to %s, past the ingress gateways: %s reaches it, whatever the gateways allow.",
		[found.name, found.namespace, funnel_words[funnel], text.listed({stack.application[id].name | some id in led}), reach[funnel]],
	),
	"at": found.at,
	"state": found.state,
	"remediation": [sprintf("kubectl -n %s delete ingress %s", [found.namespace, found.name])],
} if {
	some found in input.ingresses
	found.class == "tailscale"
	led := {id | some backend in found.backends; some id in ingress.behind[[backend.namespace, backend.name]]; id in ingress.guarded}
	count(led) > 0
	funnel := count([1 | some fact in found.annotations; fact.key == "tailscale.com/funnel"; lower(fact.value) == "true"]) > 0
	dangerous := count(led & private) > 0
}

ways := {true: "funnel", false: "application"}

funnel_words := {true: ", opened to the Internet by Funnel,", false: ""}

reach := {true: "everyone", false: "everyone in the tailnet"}
