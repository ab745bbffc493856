# METADATA
# title: Offers are made by the part that the profile says
# description: |
#   Juju lets either side of a relation be the one that offers. A deployment where
#   each interface is offered from the same side everywhere can be read and taken
#   over by others: the owner of a part decides who may use it. An offer of the
#   VPN gateway from somewhere else than its own model means that the gateway does
#   not stand where it should.
#
#   Looked at: the interfaces for which the profile names a side, by the offers of
#   the models read and, where the offering model was not read, by who consumes.
#   Offers of models that play no part are left alone. Both directions work, so it
#   is never an error.
# schemas:
#   - input: schema.stack
# custom:
#   id: relation/offer-direction
#   level: warning
#   adr: ["networking/adr-006#cross-model-relations"]
#   needs:
#     - [juju.offers]
#   subjects: [offer, saas]
#   states: [planned, declared]
#   remediation:
#     - juju show-offer {model}.{name}
#   ways:
#     - id: vpn-gateway
#       title: The VPN gateway is offered from elsewhere than its model
#     - id: other-side
#       title: An interface is offered from the other side
#   disputed: |
#     The record has the managers in core offer their endpoint download-client, which
#     they require; the charms of the download clients provide it, and offering the
#     provider's end is what most people expect. Both work in Juju and both are
#     accepted: the finding for download-client is a note. Whichever side offers,
#     offer provide-cmr-mesh or require-cmr-mesh along with it, or the mesh will not
#     know who is calling.
package rules.relation.offer_direction

import data.lib.stack
import data.lib.text

side[expected.interface] contains expected.part if some expected in input.profile.offers

# wrong holds the offers whose model plays another part than the interface's.
violations contains {
	"subject": offer.subject,
	"way": way(endpoint.interface),
	"level": level(endpoint.interface),
	"message": sprintf(
		"Offer %q offers interface %s from model %q, which is %s; profile %q has it offered from %s. %s",
		[offer.name, endpoint.interface, offer.model, text.part(offer.part), input.profile.name, concat(" or ", [text.part(part) | some part in parts]), words(endpoint.interface)],
	),
	"at": offer.at,
	"state": offer.state,
	"remediation": commands(endpoint.interface, offer.model, offer.name, offer.application),
} if {
	some offer in input.offers
	offer.part in {"core", "downloads", "gateway"}
	some endpoint in offer.endpoints
	parts := side[endpoint.interface]
	not offer.part in parts
}

# The offering model was not read, and the one that consumes is the one that
# should offer.
violations contains {
	"subject": saas.subject,
	"way": way(endpoint.interface),
	"level": level(endpoint.interface),
	"message": sprintf(
		"Model %q consumes interface %s from model %q (SAAS %q); profile %q has it offered from %s, which is this one. %s",
		[saas.model, endpoint.interface, saas.offer_model, saas.name, input.profile.name, concat(" or ", [text.part(part) | some part in parts]), words(endpoint.interface)],
	),
	"at": saas.at,
	"state": saas.state,
	"remediation": [sprintf("juju show-offer %s", [saas.url])],
} if {
	some saas in input.saas
	not saas.model_read
	saas.part in {"core", "downloads", "gateway"}
	some endpoint in saas.endpoints
	parts := side[endpoint.interface]
	saas.part in parts
}

way("vpn-gateway") := "vpn-gateway"

way(interface) := "other-side" if interface != "vpn-gateway"

level("download-client") := "note"

level(interface) := "warning" if interface != "download-client"

words("download-client") := "It works either way; one direction throughout is easier to follow."

words("vpn-gateway") := "The gateway is to stand in a model of its own and be offered from there."

words(interface) := "It works either way, and the part that should decide who uses it does not." if {
	not interface in {"download-client", "vpn-gateway"}
}

commands("vpn-gateway", model, name, _) := [
	"juju add-model gluetun",
	"juju deploy -m gluetun gluetun-k8s gluetun --trust",
	"juju offer gluetun.gluetun:vpn-gateway",
	sprintf("juju remove-offer %s.%s  # once its consumers are related to the new one", [model, name]),
]

commands("download-client", model, name, application) := array.concat(
	[command |
		some manager in managers
		some command in [
			sprintf("juju offer %s.%s:download-client,require-cmr-mesh", [stack.core_model, manager]),
			sprintf("juju consume -m %s %s.%s", [model, stack.core_model, manager]),
			sprintf("juju integrate -m %s %s:download-client %s:download-client", [model, application, manager]),
		]
	],
	[sprintf("juju remove-offer %s.%s  # once nothing is related through it", [model, name])],
)

managers := [manager.name | some manager in stack.media_managers; manager.model == stack.core_model]

commands(interface, model, name, _) := [sprintf("juju show-offer %s.%s", [model, name])] if {
	not interface in {"download-client", "vpn-gateway"}
}
