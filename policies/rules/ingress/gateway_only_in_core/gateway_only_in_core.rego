# METADATA
# title: The profile's ingress gateways exist, in the core model and nowhere else
# description: |
#   Each ingress gateway is a border with its own address and its own circle of
#   users: family, viewers, administrators. A gateway that is missing has its
#   services answered by another one, for another circle; a gateway outside core
#   opens a door beside the guarded ones.
#
#   Looked at: an application of charm istio-ingress-k8s (or, without Juju, a
#   Gateway object of class istio) for each class of gateway that the profile
#   names, and where each ingress gateway stands. A class is not missed where the
#   profile lets every role it serves use another, which is there, unless it is the
#   one that an application of the stack should rather be behind. Addresses,
#   certificates and who may reach a gateway are not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: ingress/gateway-only-in-core
#   level: error
#   levels: {single-model: note}
#   adr: ["networking/adr-006#model-1", "networking/adr-001#architecture-details"]
#   needs:
#     - [juju.applications]
#     - [kube.gateways@core, kube.gateways@downloads]
#   subjects: [application, gateway, model]
#   states: [planned, declared, effective]
#   remediation:
#     - juju deploy -m {model} istio-ingress-k8s admin-gateway --trust
#   ways:
#     - id: missing
#       title: The core model lacks an ingress gateway that the profile names
#     - id: misplaced
#       title: An ingress gateway stands outside the core model
#     - id: extra
#       title: An ingress gateway is none that the profile names
#   disputed: |
#     The records name arr-gateway, media-gateway and admin-gateway; Charmarr's own
#     Terraform deploys arr-ingress, plex-ingress and seerr-ingress, and no gateway
#     for administrators. Names are the profile's, and under `single-model` the
#     findings are notes.
package rules.ingress.gateway_only_in_core

import data.lib.stack
import data.lib.text

# found are the names of ingress gateways, wherever they stand: one that is
# misplaced is not missing too.
found := {app.name | some app in stack.ingress_gateways} | {gateway.name | some gateway in stack.ingress_objects}

missing := [expected |
	some expected in input.profile.gateways
	not expected.class in present
	not expected.class in replaced
]

# present are the classes of which a gateway was found.
present contains expected.class if {
	some expected in input.profile.gateways
	some name in expected.names
	name in found
}

# replaced are the classes that every role they serve can do without, because the
# profile lets it use another one, which is there.
replaced contains expected.class if {
	some expected in input.profile.gateways
	served := [route | some route in input.profile.routes; expected.class in route.classes]
	served != []
	count([route | some route in served; count([class | some class in route.classes; class in present]) == 0]) == 0
	not expected.class in preferred
}

# preferred are the classes that the profile names first for what is deployed.
preferred contains route.classes[0] if {
	some route in input.profile.routes
	some app in input.applications
	app.role == route.role
}

# shown holds where every core model was read for what would show a gateway.
shown if {
	some kind in ["juju.applications", "kube.gateways"]
	read := {evidence.model | some evidence in input.evidence; evidence.kind == kind}
	count([model | some model in stack.core_models; not model.name in read]) == 0
}

# One finding names all that is missing: its subject is the model.
violations contains {
	"subject": model.subject,
	"way": "missing",
	"message": sprintf(
		"Model %q has no ingress gateway for %s. What belongs behind it is not reachable, or is reached through a gateway that other people may use.",
		[model.name, text.joined([sprintf("class %q (%s)", [expected.class, concat(" or ", expected.names)]) | some expected in missing])],
	),
	"at": model.at,
	"state": model.state,
	"remediation": [sprintf("juju deploy -m %s istio-ingress-k8s %s --trust", [model.name, expected.names[0]]) |
		some expected in missing
	],
} if {
	missing != []
	shown
	model := stack.core_models[0]
}

violations contains {
	"subject": app.subject,
	"way": "misplaced",
	"message": sprintf(
		"Ingress gateway %q is in model %q, which is %s; ingress gateways belong in the core model. It is a door beside the guarded ones.",
		[app.name, app.model, text.part(app.part)],
	),
	"at": app.at,
	"state": app.state,
	"remediation": array.concat(stack.core_first, [
		sprintf("juju deploy -m %s istio-ingress-k8s %s --trust", [stack.core_model, app.name]),
		sprintf("juju remove-application -m %s %s", [app.model, app.name]),
	]),
} if {
	some app in stack.ingress_gateways
	app.part in {"downloads", "gateway"}
}

violations contains {
	"subject": gateway.subject,
	"way": "misplaced",
	"message": sprintf(
		"Gateway %q is in namespace %q, which is %s; ingress gateways belong in the core model. It is a door beside the guarded ones.",
		[gateway.name, gateway.namespace, text.part(gateway.part)],
	),
	"at": gateway.at,
	"state": gateway.state,
	"remediation": array.concat(stack.core_first, [
		sprintf("juju deploy -m %s istio-ingress-k8s %s --trust", [stack.core_model, gateway.name]),
		sprintf("juju remove-application -m %s %s  # or kubectl -n %s delete gateways.gateway.networking.k8s.io %s where it is not a charm's", [gateway.namespace, gateway.name, gateway.namespace, gateway.name]),
	]),
} if {
	some gateway in stack.ingress_objects
	gateway.part in {"downloads", "gateway"}
	not [gateway.namespace, gateway.name] in applications
}

violations contains {
	"subject": app.subject,
	"way": "extra",
	"level": "note",
	"message": sprintf(
		"Ingress gateway %q in model %q is none that profile %q names: nothing says who may be reached through it, or by whom.",
		[app.name, app.model, input.profile.name],
	),
	"at": app.at,
	"state": app.state,
	"remediation": [sprintf("juju remove-application -m %s %s  # or name it under gateways in the profile", [app.model, app.name])],
} if {
	some app in stack.ingress_gateways
	not app.name in named
	app.part in {"core", "single"}
}

violations contains {
	"subject": gateway.subject,
	"way": "extra",
	"level": "note",
	"message": sprintf(
		"Gateway %q in namespace %q is none that profile %q names: nothing says who may be reached through it, or by whom.",
		[gateway.name, gateway.namespace, input.profile.name],
	),
	"at": gateway.at,
	"state": gateway.state,
	"remediation": [sprintf("juju remove-application -m %s %s  # or name it under gateways in the profile", [gateway.namespace, gateway.name])],
} if {
	some gateway in stack.ingress_objects
	gateway.profile_class == ""
	gateway.part in {"core", "single"}
	not [gateway.namespace, gateway.name] in applications
}

named contains name if {
	some expected in input.profile.gateways
	some name in expected.names
}

# applications are those that account for a Gateway of their name.
applications contains [app.namespace, app.name] if some app in stack.ingress_gateways
