# METADATA
# title: What is consumed across models is offered, whole and in use
# description: |
#   A relation between models hangs on three things: an offer on the one side, a
#   SAAS on the other, and a relation that uses it. Where the offer is gone, both
#   models still show the relation, and nothing goes over it: no manager reaches
#   the client, no client reaches the VPN.
#
#   Looked at: whether each SAAS of Charmarr's own interfaces leads to an offer
#   that exists and carries the endpoints used; whether Juju reports any SAAS as
#   broken; and, as notes, offers nobody consumes and SAAS no relation uses. An
#   offer in a model that was not read leaves the rule undecided. What goes over
#   the relation is not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: relation/offer-resolves
#   level: error
#   adr: ["networking/adr-006#cross-model-relations"]
#   needs:
#     - [juju.offers, juju.relations]
#   subjects: [saas, offer]
#   states: [planned, declared]
#   remediation:
#     - juju remove-saas -m {model} {name}
#   ways:
#     - id: no-such-offer
#       title: It consumes an offer that does not exist
#     - id: missing-endpoints
#       title: The offer lacks endpoints that are used
#     - id: broken
#       title: Juju reports the SAAS as broken
#     - id: no-application
#       title: The offered application does not exist
#     - id: inactive-offer
#       title: Nobody who consumes the offer is connected
#     - id: unused-saas
#       title: No relation uses the SAAS
#     - id: unused-offer
#       title: Nobody consumes the offer
package rules.relation.offer_resolves

violations contains {
	"subject": saas.subject,
	"way": "no-such-offer",
	"message": sprintf(
		"SAAS %q in model %q consumes offer %q, which model %q does not have: what is related to it here reaches nothing.",
		[saas.name, saas.model, saas.offer_name, saas.offer_model],
	),
	"at": saas.at,
	"state": saas.state,
	"evidence": [{"fact": sprintf("SAAS %s has URL %s", [saas.name, saas.url]), "at": saas.at, "object": ""}],
	"remediation": array.concat(
		[sprintf("juju find-offers %s  # which offers there are", [split(saas.url, ".")[0]])],
		array.concat(
			[sprintf("juju offer %s.%s:%s", [app.model, app.name, concat(",", used)]) |
				some app in input.applications
				app.model == saas.offer_model
				app.name == saas.offer_name
				used != []
			],
			[
				sprintf("juju remove-saas -m %s %s", [saas.model, saas.name]),
				sprintf("juju consume -m %s %s %s  # where it is still meant; then integrate again", [saas.model, saas.url, saas.name]),
			],
		),
	),
} if {
	some saas in input.saas
	saas.offer_found == "no"
	saas.charmarr
	used := [endpoint.name | some endpoint in saas.endpoints; endpoint.name != "juju-info"]
}

undecided contains {
	"subject": saas.subject,
	"missing": sprintf("juju.offers: offer %q of model %q, which was not read (SAAS %q in model %q consumes it)", [saas.offer_name, saas.offer_model, saas.name, saas.model]),
} if {
	some saas in input.saas
	saas.offer_found == ""
	saas.charmarr
	saas.url != "" # of one that consumes nobody knows what, the gap says so
}

violations contains {
	"subject": saas.subject,
	"way": "missing-endpoints",
	"message": sprintf(
		"SAAS %q in model %q uses %s of offer %q, which the offer in model %q does not carry: those relations reach nothing.",
		[saas.name, saas.model, concat(", ", saas.missing_endpoints), saas.offer_name, saas.offer_model],
	),
	"at": saas.at,
	"state": saas.state,
	"evidence": [{"fact": sprintf("offer %s.%s", [saas.offer_model, saas.offer_name]), "at": saas.offer_at, "object": ""}],
	"remediation": [
		sprintf("juju show-offer %s", [saas.url]),
		sprintf("juju offer %s.%s:%s %s", [saas.offer_model, application, concat(",", array.concat(carried, saas.missing_endpoints)), saas.offer_name]),
	],
} if {
	some saas in input.saas
	saas.missing_endpoints != []
	saas.charmarr
	offers := [offer | some offer in input.offers; offer.model == saas.offer_model; offer.name == saas.offer_name]
	carried := [endpoint.name | some offer in offers; some endpoint in offer.endpoints]
	application := array.concat([offer.application | some offer in offers], [saas.offer_name])[0]
}

violations contains {
	"subject": saas.subject,
	"way": "broken",
	"message": sprintf(
		"Juju reports SAAS %q in model %q as %s: nothing goes over its relations.",
		[saas.name, saas.model, saas.status],
	),
	"at": saas.at,
	"state": saas.state,
	"remediation": [
		sprintf("juju show-offer %s", [saas.url]),
		sprintf("juju remove-saas -m %s %s", [saas.model, saas.name]),
		sprintf("juju consume -m %s %s %s", [saas.model, saas.url, saas.name]),
	],
} if {
	some saas in input.saas
	saas.status in {"error", "terminated"}
	not [saas.model, saas.name] in gone
}

# gone are the SAAS without an offer: Juju calls them terminated as well, and that
# is the same fault.
gone contains [saas.model, saas.name] if {
	some saas in input.saas
	saas.offer_found == "no"
	saas.charmarr
}

violations contains {
	"subject": offer.subject,
	"way": "no-application",
	"message": sprintf(
		"Offer %q of model %q is of application %q, which the model does not have: whoever consumes it reaches nothing.",
		[offer.name, offer.model, offer.application],
	),
	"at": offer.at,
	"state": offer.state,
	"remediation": [sprintf("juju remove-offer %s.%s", [offer.model, offer.name])],
} if {
	some offer in input.offers
	offer.application_known == "no"
	carries_own(offer.name, offer.model)
}

# carries_own holds for offers of Charmarr's own interfaces, told by who consumes
# them or by what they carry.
carries_own(name, model) if {
	some saas in input.saas
	saas.charmarr
	saas.offer_name == name
	saas.offer_model == model
}

carries_own(name, model) if {
	some offer in input.offers
	offer.name == name
	offer.model == model
	some endpoint in offer.endpoints
	endpoint.interface in own
}

own := {
	"media-manager", "media-indexer", "download-client", "media-storage",
	"media-server", "vpn-gateway", "flaresolverr", "cross_model_mesh",
}

violations contains {
	"subject": offer.subject,
	"way": "inactive-offer",
	"level": "warning",
	"message": sprintf(
		"Offer %q of model %q has %d connections, and none of them is active: those who consume it reach nothing.",
		[offer.name, offer.model, offer.total],
	),
	"at": offer.at,
	"state": offer.state,
	"remediation": [
		sprintf("juju offers -m %s %s  # who is connected, and in what state", [offer.model, offer.name]),
	],
} if {
	some offer in input.offers
	offer.active == 0
	offer.role != ""
	offer.total > 0
}

violations contains {
	"subject": saas.subject,
	"way": "unused-saas",
	"level": "note",
	"message": sprintf(
		"SAAS %q in model %q is used by no relation: it was consumed and never integrated, or left behind.",
		[saas.name, saas.model],
	),
	"at": saas.at,
	"state": saas.state,
	"remediation": [sprintf("juju remove-saas -m %s %s  # or integrate it", [saas.model, saas.name])],
} if {
	some saas in input.saas
	saas.relations == 0
	saas.charmarr
}

violations contains {
	"subject": offer.subject,
	"way": "unused-offer",
	"level": "note",
	"message": sprintf(
		"Offer %q of model %q is consumed by nobody: it is left behind, or the other model never consumed it.",
		[offer.name, offer.model],
	),
	"at": offer.at,
	"state": offer.state,
	"remediation": [sprintf("juju remove-offer %s.%s  # or consume it where it is needed", [offer.model, offer.name])],
} if {
	some offer in input.offers
	offer.consumers == []
	offer.role != ""
	unconnected(offer.active, offer.total)
}

# unconnected holds where Juju counts no connection at all; -1 is unknown.
unconnected(_, 0)

unconnected(0, -1)
